/** Drift of a sensor over its records: zero and span as found, and the sensitivity, per serial number; as SVG and as lines of a terminal. */
import { accent, axes, type Box, path, picture, px, warning, xIn, yIn } from './frame.ts';
import { escaped, label, scaleOver } from './scale.ts';
import { axisLines, endsLine, marginOf } from './text-axis.ts';

export interface HistoryPoint {
  /** Unix ms. */
  readonly atMs: number;
  /** null: not taken. */
  readonly value: number | null;
}

export interface Series {
  readonly name: string;
  readonly points: readonly HistoryPoint[];
}

const colours = [accent, warning, '#3f7d20', '#6b3fa0', '#8a98a5', '#0f8b8d', '#b8336a', '#7a6c00'];
const dayMs = 86_400_000;

/** One or more series over time; the horizontal axis counts days before the last record. */
export function historySvg(
  series: readonly Series[],
  names: { readonly title: string; readonly unit: string; readonly days: string },
  [width, height] = [640, 200],
): string {
  const all = series.flatMap(({ points }) => points);
  const lastMs = Math.max(...all.map(({ atMs }) => atMs), 0);
  const days = (atMs: number): number => (atMs - lastMs) / dayMs;
  const x = scaleOver([...all.map(({ atMs }) => days(atMs)), 0, -1], 6);
  const y = scaleOver(
    all.flatMap(({ value }) => (value === null ? [] : [value])),
    4,
  );
  const box: Box = { left: 56, top: 22, width: width - 70, height: height - 66 };
  const legend: string[] = [];
  const drawn = series.map(({ name, points }, i) => {
    const colour = colours[i % colours.length];
    const at = points.map(({ atMs, value }): [number, number] | null =>
      value === null ? null : [xIn(box, x, days(atMs)), yIn(box, y, value)],
    );
    const dots = at.map((one) => (one ? `<circle cx="${px(one[0])}" cy="${px(one[1])}" r="3" fill="${colour}"/>` : ''));
    legend.push(`<tspan fill="${colour}" dx="${i === 0 ? 0 : 10}">${escaped(name)}</tspan>`);
    return `<path d="${path(at)}" fill="none" stroke="${colour}"/>${dots.join('')}`;
  });
  drawn.push(`<text x="${px(box.left + box.width)}" y="14" text-anchor="end">${legend.join('')}</text>`);
  return picture(width, height, names.title, axes(box, [x, y], { x: names.days, y: names.unit }) + drawn.join(''));
}

export const signs = ['●', '○', '▲', '△', '■', '□', '◆', '◇'] as const;

/** The same as lines of a terminal: labels at the left, days before the last record below, a sign for each series. */
export function historyText(series: readonly Series[], days: string, columns: number, rows: number): string[] {
  const all = series.flatMap(({ points }) => points);
  const lastMs = Math.max(...all.map(({ atMs }) => atMs), 0);
  const firstMs = Math.min(...all.map(({ atMs }) => atMs), lastMs - dayMs);
  const y = scaleOver(
    all.flatMap(({ value }) => (value === null ? [] : [value])),
    4,
  );
  const names = [label(y.to), label(y.from)] as const;
  const margin = marginOf(...names);
  const wide = Math.max(2, columns - margin);
  const grid = Array.from({ length: rows }, () => Array.from({ length: wide }, () => ' '));
  for (const [i, { points }] of series.entries())
    for (const { atMs, value } of points) {
      const row = value === null ? undefined : grid[Math.round((1 - y.at(value)) * (rows - 1))];
      const column = Math.round(((atMs - firstMs) / (lastMs - firstMs)) * (wide - 1));
      if (row) row[column] = signs[i % signs.length] ?? '';
    }
  const body = axisLines(
    grid.map((row) => row.join('')),
    names,
    margin,
  );
  return [...body, endsLine(`${Math.round((firstMs - lastMs) / dayMs)} ${days}`, '0', margin, wide)];
}
