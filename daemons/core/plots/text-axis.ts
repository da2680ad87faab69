/** What plots of a terminal share: labels at the left that never push the picture aside, and ends of the axis below. */
import { label } from './scale.ts';

const least = 8;

/** Columns that the labels take, with the axis itself. */
export const marginOf = (...names: readonly string[]): number =>
  Math.max(least, ...names.map((one) => [...one].length + 2));

/** Rows with the highest value named at the first and the lowest at the last. */
export const axisLines = (
  rows: readonly string[],
  [top, bottom]: readonly [string, string],
  margin: number,
): string[] =>
  rows.map((row, i) => {
    const name = i === 0 ? top : i === rows.length - 1 ? bottom : '';
    return `${name.padStart(margin - 2)} │${row}`;
  });

/** The ends of the horizontal axis, `wide` columns apart. */
export const endsLine = (from: string, to: string, margin: number, wide: number): string =>
  `${' '.repeat(margin)}${from}${to.padStart(Math.max(1, wide - [...from].length))}`;

/** A value with as many digits as the height of a plot from `low` to `high` can show. */
export function seen(value: number, low: number, high: number): string {
  const decimals = Math.max(0, Math.ceil(2 - Math.log10(Math.max(high - low, 1e-12))) - 1);
  return label(Number(value.toFixed(Math.min(12, decimals))));
}
