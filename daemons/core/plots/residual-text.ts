/** What is left of each point of a calibration line, as lines of a terminal, on the band of the line's own uncertainty. */
import { type FitPoint, type Line, uAt, valueAt } from './fit-plot.ts';
import { label } from './scale.ts';
import { endsLine } from './text-axis.ts';

/** Round enough for a terminal. */
const short = (value: number): string => label(Number(value.toPrecision(2)));

/**
 * A line a point: `░` the band of the line (k = 2), `─` the point's own uncertainty (k = 2), `═` both, `●` what is left of it
 * (`○`: the fit has not seen it), `│` none at all.
 */
export function residualText(line: Line, points: readonly FitPoint[], unit: string, columns: number): string[] {
  const all = points
    .map((one) => ({
      ...one,
      rest: one.applied - valueAt(line, one.read),
      bar: 2 * Math.hypot(one.uApplied, line.b * one.uRead),
      band: 2 * uAt(line, one.read),
    }))
    .toSorted((a, b) => a.applied - b.applied);
  const most = Math.max(...all.map(({ rest, bar, band }) => Math.max(Math.abs(rest) + bar, band)), 1e-9);
  const names = all.map(({ applied }) => `${label(applied)} ${unit}`);
  const said = all.map(({ rest, bar }) => `${rest < 0 ? '' : '+'}${short(rest)} ± ${short(bar)}`);
  const margin = Math.max(...names.map((one) => [...one].length)) + 2;
  const wide = Math.max(11, columns - margin - Math.max(...said.map((one) => one.length)) - 2);
  const at = (value: number): number => Math.round(((value / most + 1) / 2) * (wide - 1));
  const rows = all.map(({ rest, bar, band, used }, i) => {
    const cells = Array.from({ length: wide }, () => ' ');
    for (let column = at(-band); column <= at(band); column++) cells[column] = '░';
    for (let column = at(rest - bar); column <= at(rest + bar); column++)
      cells[column] = cells[column] === '░' ? '═' : '─';
    cells[at(0)] = '│';
    cells[at(rest)] = used ? '●' : '○';
    return `${(names[i] ?? '').padStart(margin - 2)}  ${cells.join('')}  ${said[i]}`;
  });
  return [...rows, endsLine(short(-most), `${short(most)} ${unit}`, margin, wide)];
}
