/**
 * Weights rounded to int8 one input after another, each time moving the weights still to come so that they make up for
 * what rounding cost (the optimal-brain update: Hassibi, Stork 1993; Frantar et al. 2022). A discriminant of features that
 * say nearly the same lives from differences of large weights; rounding each for itself costs it ten points of accuracy.
 */
import { cholesky, solveCholesky } from '../matrix.ts';

const largest = 127;

/** Weights of one output: multiples of `step`, at most 127 of it. */
export interface GridRow {
  readonly weights: Float64Array;
  readonly step: number;
}

/**
 * Each row on a grid of its own. `second`: mean of z z' of the inputs z, in rows (lower triangle is read), positive
 * definite. One row of weights an output.
 */
export function toGrid(weights: readonly Float64Array[], second: readonly Float64Array[]): GridRow[] {
  const size = second.length;
  const lower = cholesky(second);
  if (!lower) throw new RangeError('the second moments of the inputs must be positive definite');
  const inverse = Array.from({ length: size }, (_, i) => {
    const unit = new Float64Array(size);
    unit[i] = 1;
    return solveCholesky(lower, unit);
  });
  const root = cholesky(inverse);
  if (!root) throw new RangeError('the second moments of the inputs are too near to singular');
  return weights.map((row) => {
    const step = Math.fround(row.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9) / largest);
    return { weights: onGrid(row, root, step), step };
  });
}

function onGrid(weights: Float64Array, root: readonly Float64Array[], scale: number): Float64Array {
  const row = weights.slice();
  for (let i = 0; i < row.length; i++) {
    const wanted = row[i] as number;
    const steps = Math.max(-largest, Math.min(largest, Math.round(wanted / scale)));
    row[i] = steps * scale;
    const off = (wanted - steps * scale) / ((root[i] as Float64Array)[i] as number);
    for (let j = i + 1; j < row.length; j++)
      row[j] = (row[j] as number) - off * ((root[j] as Float64Array)[i] as number);
  }
  return row;
}
