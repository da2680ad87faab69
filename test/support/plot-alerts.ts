/** What must be so of the alerts of a flight over plots whose places are known. */
import { createHash } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { isInside } from '../../daemons/camera/ground/ring.ts';
import { metresTo } from '../../daemons/core/geo/local.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { PlotFlight, TruePlot } from './plot-flight.ts';

/** Whether a place lies in the stated ellipse of 90 %. */
function isInEllipse({ where, plot }: Alert, truth: TruePlot): boolean {
  if (!where || !plot) return false;
  const { majorM, minorM, bearingDeg } = plot.ellipse;
  const [north, east] = metresTo(where, truth);
  const bearing = (bearingDeg * Math.PI) / 180;
  const along = north * Math.cos(bearing) + east * Math.sin(bearing);
  const across = east * Math.cos(bearing) - north * Math.sin(bearing);
  return (along / majorM) ** 2 + (across / minorM) ** 2 <= 1;
}

const offM = ({ where }: Alert, truth: TruePlot): number =>
  where ? Math.hypot(...metresTo(where, truth)) : Number.POSITIVE_INFINITY;

/** The plot in the outline as it goes over the wire: one ring, closed, longitude first. */
const isAround = ({ plot, where }: Alert, truth: TruePlot): boolean =>
  !!where &&
  isInside(
    (plot?.outline[0] ?? []).slice(0, -1).map(([lon, lat]) => metresTo(truth, { lat, lon })),
    [0, 0],
  );

/**
 * One alert a plot and no other; each with an outline around it, a picture and an ellipse that holds the true place. The pose
 * that frames were rendered from is the one that was told, so what is off is the line's own: it must be within `mostM` too.
 */
export function oneEach(t: ExecutionContext, { plots, alerts: records }: PlotFlight, mostM: number): void {
  const alerts = records.map(({ alert }) => alert);
  t.is(alerts.length, plots.length, JSON.stringify(alerts.map(({ id, where }) => [id, where])));
  for (const truth of plots) {
    const [alert, ...others] = alerts.filter((one) => offM(one, truth) < 15);
    if (!alert?.plot) {
      t.fail(`no alert at ${truth.lat} ${truth.lon}`);
      continue;
    }
    t.deepEqual(others, []);
    t.like(alert, { kind: 'crop-plot', family: 'evidence', flags: ['simulated'] });
    t.true(alert.condition === 'held' || alert.condition === 'raised', alert.condition);
    t.true(isAround(alert, truth), 'the outline is around the middle of the plot');
    t.true(isInEllipse(alert, truth), `${offM(alert, truth)} m off, ${JSON.stringify(alert.plot.ellipse)}`);
    t.true(offM(alert, truth) <= mostM, `${offM(alert, truth)} m off`);
    const { sha256 = 'no picture', jpeg } = alert.plot.picture ?? {};
    t.is(
      createHash('sha256')
        .update(Buffer.from(jpeg ?? '', 'base64'))
        .digest('hex'),
      sha256,
    );
    const { majorM, minorM } = alert.plot.ellipse;
    t.log(`${offM(alert, truth).toFixed(1)} m off, ellipse ${majorM} by ${minorM} m, ${alert.plot.looks} looks`);
  }
}
