/**
 * Several gases from several sensors that each answer to all of them: r = K c + b (sensing.md section 2). Concentrations are
 * not negative, so c is the non-negative least-squares answer, weighted by the readings' uncertainties (Lawson and Hanson,
 * Solving Least Squares Problems, 1974, chapter 23).
 */
import { Fault } from '../core/ports/fault.ts';
import { invert, largestEigenvalue, type Matrix, multiply, times, transpose } from './matrix.ts';

export interface CrossSensitivity {
  readonly gases: readonly string[];
  readonly sensors: readonly string[];
  /** Reading of a sensor (row) per unit of a gas (column). */
  readonly answers: Matrix;
  /** Readings in zero gas. */
  readonly zero: readonly number[];
}

export interface Resolved {
  /** Concentration of each gas, and their covariance (K'WK)^-1: what the readings allow, before zero was cut off. */
  readonly concentrations: readonly number[];
  readonly covariance: Matrix;
  /** Sum of squared residuals in units of their uncertainty, and the readings that were left over to judge it by. */
  readonly chi2: number;
  readonly freedom: number;
}

/** A matrix beyond this mixes gases up: an error of 1 % in a reading may be 30 % of a gas. */
export const mostCondition = 30;
/** One mixture in a thousand of known gases is called unknown. */
const unlikelyZ = 3.09;

const lengthOf = (v: readonly number[]): number => Math.sqrt(v.reduce((sum, one) => sum + one * one, 0));

/** The columns of a matrix, each of length 1, and their lengths: units of the gases are then no question. A column of zeros stays. */
function scaled(a: Matrix): { readonly columns: Matrix; readonly lengths: readonly number[] } {
  const whole = transpose(a);
  const lengths = whole.map((column) => lengthOf(column) || 1);
  return { columns: whole.map((column, j) => column.map((v) => v / (lengths[j] ?? 1))), lengths };
}

/** The condition number of the weighted matrix, columns scaled to the same length. */
export function conditionOf(weighted: Matrix): number {
  const { columns } = scaled(weighted);
  const normal = multiply(columns, transpose(columns));
  const inverse = invert(normal);
  if (!inverse) return Number.POSITIVE_INFINITY;
  return Math.sqrt(largestEigenvalue(normal) * largestEigenvalue(inverse));
}

/** (A'A)^-1; null where the columns depend on each other. */
function inverseNormal(a: Matrix): number[][] | null {
  const { columns, lengths } = scaled(a);
  const inverse = invert(multiply(columns, transpose(columns)));
  return inverse?.map((row, i) => row.map((v, j) => v / ((lengths[i] ?? 1) * (lengths[j] ?? 1)))) ?? null;
}

/**
 * Concentrations behind readings with standard uncertainties `u`. Errors: Fault `refused` when the matrix cannot tell the gases
 * apart, or when the readings fit no mixture of them: a gas that it does not know is there, or a sensor is wrong.
 */
export function resolveGases(
  { gases, sensors, answers, zero }: CrossSensitivity,
  readings: readonly number[],
  u: readonly number[],
): Resolved {
  if (sensors.length < gases.length)
    throw new Fault('refused', `${sensors.length} sensors cannot tell ${gases.length} gases apart`);
  const bad = u.findIndex((one) => !(one > 0));
  if (bad >= 0) throw new Fault('refused', `${sensors[bad]}: its reading states no uncertainty; a weight needs one`);
  const weighted = answers.map((row, i) => row.map((v) => v / (u[i] ?? 1)));
  const target = readings.map((r, i) => (r - (zero[i] ?? 0)) / (u[i] ?? 1));
  const condition = conditionOf(weighted);
  const covariance = condition <= mostCondition ? inverseNormal(weighted) : null;
  if (!covariance)
    throw new Fault(
      'refused',
      `${sensors.join(', ')} cannot tell ${gases.join(' and ')} apart (condition ${condition.toPrecision(3)}; at most ${mostCondition}): they answer to them in almost the same way`,
    );
  const concentrations = nnls(weighted, target);
  const rest = times(weighted, concentrations).map((v, i) => (target[i] ?? 0) - v);
  const chi2 = rest.reduce((sum, v) => sum + v * v, 0);
  const freedom = sensors.length - concentrations.filter((c) => c > 0).length;
  if (chi2 > chi2Limit(freedom))
    throw new Fault(
      'refused',
      `no mixture of ${gases.join(', ')} gives these readings (chi2 ${chi2.toPrecision(3)} with ${freedom} to spare; at most ${chi2Limit(freedom).toPrecision(3)}): an unknown gas, or a faulty sensor`,
    );
  return { concentrations, covariance, chi2, freedom };
}

/** The 99.9 % point of chi squared, by the cube of Wilson and Hilferty (1931); none where nothing is left to judge by. */
function chi2Limit(freedom: number): number {
  if (freedom === 0) return Number.POSITIVE_INFINITY;
  const v = 2 / (9 * freedom);
  const root = 1 - v + unlikelyZ * Math.sqrt(v);
  return freedom * root * root * root;
}

/** x >= 0 that makes |A x - b| smallest. Rows of A are equations; its columns must not depend on each other. */
export function nnls(a: Matrix, b: readonly number[]): number[] {
  const { columns, lengths } = scaled(a);
  const rows = transpose(columns);
  const n = columns.length;
  let x: number[] = Array.from({ length: n }, () => 0);
  const free = new Set<number>();
  const enough = 1e-12 * lengthOf(b);
  for (let round = 0; round < 3 * n + 10; round++) {
    const rest = times(rows, x).map((v, i) => (b[i] ?? 0) - v);
    const next = times(columns, rest)
      .map((v, j) => ({ v, j }))
      .filter(({ v, j }) => !free.has(j) && v > enough);
    if (next.length === 0) break;
    free.add(next.reduce((best, one) => (one.v > best.v ? one : best)).j);
    x = settle(columns, b, { x, free });
  }
  return x.map((v, j) => v / (lengths[j] ?? 1));
}

/** The least-squares answer over the free columns, with those bound again that would fall below zero. */
function settle(
  columns: Matrix,
  b: readonly number[],
  { x: from, free }: { readonly x: readonly number[]; readonly free: Set<number> },
): number[] {
  let x = [...from];
  // Each round but the last binds one column at least.
  while (free.size > 0) {
    const wanted = unbounded(columns, b, [...free]);
    const falling = [...free].filter((j) => !((wanted[j] ?? 0) > 0));
    if (falling.length === 0) return wanted;
    // As far towards the free answer as nothing falls below zero; what reaches zero is bound.
    const shareOf = (j: number): number => {
      const drop = (x[j] ?? 0) - (wanted[j] ?? 0);
      return drop > 0 ? (x[j] ?? 0) / drop : 0;
    };
    const share = Math.min(...falling.map(shareOf));
    const bound = falling.filter((j) => shareOf(j) <= share);
    x = x.map((v, j) => (bound.includes(j) ? 0 : v + share * ((wanted[j] ?? 0) - v)));
    for (const j of bound) free.delete(j);
  }
  return x.map(() => 0);
}

/** Least squares over the free columns only; 0 in the others. */
function unbounded(columns: Matrix, b: readonly number[], free: readonly number[]): number[] {
  const chosen = free.map((j) => columns[j] ?? []);
  const inverse = invert(multiply(chosen, transpose(chosen))) ?? [];
  const solved = times(inverse, times(chosen, b));
  const x: number[] = columns.map(() => 0);
  free.forEach((j, i) => {
    x[j] = solved[i] ?? 0;
  });
  return x;
}
