/** Small dense matrices, row by row: what the fits share. No size is checked; an entry that is not there is 0. */

export type Matrix = readonly (readonly number[])[];

export const transpose = (m: Matrix): number[][] => (m[0] ?? []).map((_, j) => m.map((row) => row[j] ?? 0));

export const multiply = (a: Matrix, b: Matrix): number[][] =>
  a.map((row) => (b[0] ?? []).map((_, j) => row.reduce((sum, v, i) => sum + v * (b[i]?.[j] ?? 0), 0)));

export const times = (a: Matrix, x: readonly number[]): number[] =>
  a.map((row) => row.reduce((sum, v, j) => sum + v * (x[j] ?? 0), 0));

/** Gauss-Jordan with partial pivoting; null when a pivot is negligible against the largest entry. */
export function invert(matrix: Matrix): number[][] | null {
  const n = matrix.length;
  const work = matrix.map((row, i) => [...row, ...Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))]);
  const largest = Math.max(...matrix.flat().map(Math.abs));
  for (let column = 0; column < n; column++) {
    const order = work.slice(column).map((row, i) => ({ i: i + column, size: Math.abs(row[column] ?? 0) }));
    const best = order.reduce((a, b) => (b.size > a.size ? b : a));
    if (!(best.size > largest * 1e-12)) return null;
    const pivotRow = work[best.i] ?? [];
    work[best.i] = work[column] ?? [];
    const pivot = pivotRow[column] ?? 1;
    work[column] = pivotRow.map((v) => v / pivot);
    for (let row = 0; row < n; row++) {
      const factor = work[row]?.[column] ?? 0;
      if (row === column || factor === 0) continue;
      work[row] = (work[row] ?? []).map((v, j) => v - factor * (work[column]?.[j] ?? 0));
    }
  }
  return work.map((row) => row.slice(n));
}

/** Lower triangle L with L L' = matrix (symmetric, positive definite), in rows of Float64Array; null where it is not. */
export function cholesky(matrix: ArrayLike<ArrayLike<number>>): Float64Array[] | null {
  const n = matrix.length;
  const lower = Array.from({ length: n }, () => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    const row = lower[i] as Float64Array;
    for (let j = 0; j <= i; j++) {
      const other = lower[j] as Float64Array;
      let sum = matrix[i]?.[j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (row[k] as number) * (other[k] as number);
      if (i !== j) row[j] = sum / (other[j] as number);
      else if (sum > 0) row[i] = Math.sqrt(sum);
      else return null;
    }
  }
  return lower;
}

/** z with L z = right. */
export function solveLower(lower: readonly Float64Array[], right: ArrayLike<number>): Float64Array {
  const z = new Float64Array(right.length);
  for (let i = 0; i < z.length; i++) {
    const row = lower[i] as Float64Array;
    let sum = right[i] ?? 0;
    for (let k = 0; k < i; k++) sum -= (row[k] as number) * (z[k] as number);
    z[i] = sum / (row[i] as number);
  }
  return z;
}

/** x with L L' x = right. */
export function solveCholesky(lower: readonly Float64Array[], right: ArrayLike<number>): Float64Array {
  const x = solveLower(lower, right);
  for (let i = x.length - 1; i >= 0; i--) {
    let sum = x[i] as number;
    for (let k = i + 1; k < x.length; k++) sum -= (lower[k]?.[i] ?? 0) * (x[k] as number);
    x[i] = sum / (lower[i]?.[i] ?? 1);
  }
  return x;
}

const trace = (m: Matrix): number => m.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);

/** The largest eigenvalue of a symmetric matrix that has no negative one: its square taken again and again keeps only that. */
export function largestEigenvalue(symmetric: Matrix): number {
  let power = symmetric;
  for (let round = 0; round < 12; round++) {
    const size = trace(power);
    if (!(size > 0)) return 0;
    const scaled = power.map((row) => row.map((v) => v / size));
    power = multiply(scaled, scaled);
  }
  return trace(multiply(symmetric, power)) / trace(power);
}
