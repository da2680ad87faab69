/** One measured number, as every bench and evaluation prints it. `reach` is what it should get to; `ok` null is "printed, not judged". */
export interface Figure {
  readonly id: string;
  readonly value: number | null;
  readonly unit: string;
  readonly baseline: number | null;
  readonly ratio: number | null;
  readonly reach: string | null;
  readonly ok: boolean | null;
  readonly note: string;
  /** The figure in parts, each of n values: weeks, for example. */
  readonly series?: readonly { readonly at: string; readonly value: number; readonly n: number }[];
}

export const printed = (id: string, value: number | null, unit: string, note: string): Figure => ({
  id,
  value,
  unit,
  baseline: null,
  ratio: null,
  reach: null,
  ok: null,
  note,
});

/** Mean absolute error and coefficient of determination of pairs [estimate, truth]. */
export function agreement(pairs: readonly (readonly [number, number])[]): {
  readonly mae: number;
  readonly r2: number;
} {
  const n = pairs.length;
  const mean = pairs.reduce((sum, [, truth]) => sum + truth, 0) / n;
  const residual = pairs.reduce((sum, [estimate, truth]) => sum + (estimate - truth) ** 2, 0);
  const total = pairs.reduce((sum, [, truth]) => sum + (truth - mean) ** 2, 0);
  return {
    mae: pairs.reduce((sum, [estimate, truth]) => sum + Math.abs(estimate - truth), 0) / n,
    r2: 1 - residual / total,
  };
}
