/** A channel over hours as SVG: every lowest and highest value is drawn, a gap stays empty, and what is said against values stands below. */
import type { Strip } from '../telemetry/strip.ts';
import { accent, axes, type Box, path, picture, px, quiet, warning, xIn, yIn } from './frame.ts';
import { escaped, scaleOver } from './scale.ts';

export interface BandPlot extends Pick<Strip, 'pieces' | 'gaps' | 'flagged' | 'calibrations'> {
  readonly fromMs: number;
  readonly toMs: number;
  readonly title: string;
  readonly unit: string;
  /** Below the axis. */
  readonly time: string;
  /** Minutes that the local time is ahead of UTC. */
  readonly aheadMin: number;
}

const hourMs = 3_600_000;
/** Height of the band that says where values are flagged, px. */
const flagPx = 5;

export function bandSvg(plot: BandPlot, [width, height] = [640, 240]): string {
  const { pieces, gaps, flagged, calibrations, fromMs, toMs } = plot;
  // Hours of the local day that the strip begins in: then round ticks are round times.
  const dayMs = Math.floor((fromMs + plot.aheadMin * 60_000) / (24 * hourMs)) * 24 * hourMs - plot.aheadMin * 60_000;
  const hours = (ms: number): number => (ms - dayMs) / hourMs;
  const wide = scaleOver([hours(fromMs), hours(toMs)], width < 420 ? 4 : 6);
  const [low, high] = [hours(fromMs), hours(toMs)];
  const x = {
    ...{ from: low, to: high, at: (value: number): number => (value - low) / (high - low) },
    ticks: wide.ticks.filter((tick) => tick >= low && tick <= high),
  };
  const y = scaleOver(
    pieces.flat().flatMap((one) => [one.low, one.high]),
    4,
  );
  const box: Box = { left: 52, top: 22, width: width - 66, height: height - 66 };
  const at = (ms: number): number => Math.min(box.left + box.width, Math.max(box.left, xIn(box, x, hours(ms))));
  const lines = pieces.map((piece) => {
    const points = piece.flatMap(({ fromMs: from, toMs: to, first, low: least, high: most, last }) => {
      const middle = at((from + to) / 2);
      return [first, least, most, last].map((value): [number, number] => [middle, yIn(box, y, value)]);
    });
    // One value alone is a point and no line.
    const [only] = points;
    if (only && piece.length === 1) return `<circle cx="${px(only[0])}" cy="${px(only[1])}" r="2" fill="${accent}"/>`;
    return `<path d="${path(points)}" fill="none" stroke="${accent}" stroke-width="1.4" stroke-linejoin="round"/>`;
  });
  const band = (from: number, to: number, top: number, high: number, fill: string, opacity: number): string =>
    `<rect x="${px(at(from))}" y="${px(top)}" width="${px(Math.max(1, at(to) - at(from)))}" height="${px(high)}" fill="${fill}" fill-opacity="${opacity}"/>`;
  const empty = gaps.map((one) => band(one.fromMs, one.toMs, box.top, box.height, quiet, 0.35));
  const against = flagged.map((one) => band(one.fromMs, one.toMs, box.top + box.height - flagPx, flagPx, warning, 0.9));
  const applied = calibrations
    .filter(({ atMs }, i) => i > 0 && atMs >= fromMs)
    .map(
      ({ atMs, id }) =>
        `<path d="M${px(at(atMs))} ${px(box.top)}v${px(box.height)}" stroke="${warning}" stroke-dasharray="5 4"/>` +
        `<text x="${px(at(atMs) + 4)}" y="${px(box.top + 12)}" fill="${warning}">${escaped(id ?? '-')}</text>`,
    );
  const clock = (hour: number): string => {
    const minutes = Math.round(hour * 60);
    return `${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  };
  return picture(
    width,
    height,
    plot.title,
    empty.join('') +
      axes(box, [x, y], { x: plot.time, y: plot.unit }, clock) +
      lines.join('') +
      against.join('') +
      applied.join(''),
  );
}
