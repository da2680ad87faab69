/** Axes of a plot: where a value stands, and round numbers to write beside it. */

export interface Scale {
  readonly from: number;
  readonly to: number;
  /** 0 at `from`, 1 at `to`. */
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** A scale over all values with round ends; about `count` ticks. Values that are no numbers are passed over. */
export function scaleOver(values: readonly number[], count = 5): Scale {
  const known = values.filter(Number.isFinite);
  const low = known.length > 0 ? Math.min(...known) : 0;
  const high = known.length > 0 ? Math.max(...known) : 1;
  // Less than this has no digits left to divide into steps.
  const wide = [high - low, Math.abs(high)].find((one) => one > 1e-300) ?? 1;
  const raw = wide / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((one) => one * power >= raw) ?? 10);
  const from = Math.floor(low / step + 1e-9) * step;
  const to = Math.max(Math.ceil(high / step - 1e-9) * step, from + step);
  const ticks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => round(from + i * step));
  return { from, to, at: (value) => (value - from) / (to - from), ticks };
}

/** A number without the dust of binary fractions. */
export const round = (value: number): number => Number(value.toPrecision(10));

/** A number short enough for an axis. */
export const label = (value: number): string => String(Number(value.toPrecision(4)));

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
