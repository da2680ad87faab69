/** An alert with a located source, by the estimate itself on rows that the plume's own formula makes. Simulated, and it says so. */
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { NotEnough, SourceFound } from '../../daemons/core/values/plume.ts';
import { refused } from '../../daemons/gas/locating/estimating.ts';
import { estimateOf } from '../../daemons/gas/plume/estimate.ts';
import { openSource, take } from '../../daemons/gas/plume/source.ts';
import { options, point, rowOf } from '../gas/plume/scene.ts';
import { sampleAlert, stampAt } from './alerts.ts';

/** Where the post stands: the zero of the scene. */
export const post = { lat: 44.5302, lon: 73.4413 };
const truth = { x: -52, y: -24, rate: 3000 };
const area = { westM: -120, southM: -120, eastM: 120, northM: 120 };
/** A wind that veers over the source, at one post: a region that is long and narrow. */
const rows = Array.from({ length: 30 }, (_, i) =>
  rowOf(truth, { fromDeg: 245 + 50 * Math.sin(i / 2) }, { atS: i * 60, places: [point(0, 0)] }),
);

export function foundSource(wallMs: number): SourceFound {
  const source = rows.reduce(take, openSource({ ...options, area, cellM: 5 }));
  const at = stampAt(wallMs);
  const estimate = estimateOf(
    source,
    post,
    {
      at,
      gas: 'ammonia',
      sinceMs: wallMs - 30 * 60_000,
      anew: false,
      made: ['mast/wind-from', 'nh3/ammonia'],
      latest: { fromDeg: 240, speedMs: 3.1, untilMs: wallMs - 12_000 },
    },
    () => ({ lat: post.lat + 1e-4, lon: post.lon, nats: 0.4 }),
  );
  if (estimate.answer !== 'source') throw new Error(`the scene was refused: ${estimate.reason}`);
  return estimate;
}

export function locatedAlert(id: string, wallMs = Date.now()): Alert {
  const plume = foundSource(wallMs);
  return sampleAlert(id, { severity: 'warning', certainty: 'corroborated', where: plume.where, plume }, wallMs);
}

export function unlocatedAlert(id: string, reason: NotEnough, wallMs = Date.now()): Alert {
  const at = stampAt(wallMs);
  const latest = { fromDeg: null, speedMs: 0.2, untilMs: wallMs - 12_000 };
  const where = { ...post, ceM: 3, source: 'surveyed' } as const;
  const plume = refused(reason, at, 'ammonia', { latest, made: ['nh3/ammonia'] });
  return sampleAlert(id, { severity: 'warning', where, plume }, wallMs);
}
