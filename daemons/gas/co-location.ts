/**
 * Co-location: what a box's channels read beside a reference analyser, as a smooth surface. A Gaussian process (Rasmussen and
 * Williams, Gaussian Processes for Machine Learning, 2006, algorithm 2.1) over standardised channels: where it has rows near
 * by it bends to them, and far from all of them it says so in its uncertainty.
 *
 * The two constants below were chosen on days 28 to 90 of the UCI Air Quality set, before the days that the evaluation tests;
 * daemons/DECISIONS.md says what else was seen of these.
 * A week later than its rows a fit is stale: drift beats every model (R2 of NOx -0.28 with one fit for a year, 0.89 refitted
 * weekly with the plainest model, sensing.md 1.4). So it is refitted each week on the last 28 days.
 */
import { Fault } from '../core/ports/fault.ts';
import { cholesky, solveCholesky, solveLower } from './matrix.ts';

/** Distance, in standard deviations of every channel at once, over which the surface may bend. */
const lengthScale = 4;
/** Variance of what the channels do not explain, as a share of the reference's own. */
const noise = 0.1;

export const refitEveryMs = 7 * 86_400_000;
export const lookBackMs = 28 * 86_400_000;
/** Hours beside the reference below which nothing is fitted. */
const fewest = 60;

/** A row of channels beside what the reference said at that time. */
export interface Beside {
  readonly atMs: number;
  readonly row: readonly number[];
  readonly reference: number;
}

export interface Surface {
  /** The value of a row of channels, and its standard uncertainty (k = 1), both in the unit of the reference. */
  at(row: readonly number[]): { readonly value: number; readonly u: number };
  readonly rows: number;
}

/** Errors: Fault `refused` with too few rows, or rows that cannot be told apart from each other. */
export function fitSurface(beside: readonly Pick<Beside, 'row' | 'reference'>[]): Surface {
  const n = beside.length;
  if (n < fewest) throw new Fault('refused', `${n} rows beside the reference; ${fewest} at least are needed`);
  const width = beside[0]?.row.length ?? 0;
  const channel = (j: number): number[] => beside.map(({ row }) => row[j] ?? 0);
  const scales = Array.from({ length: width }, (_, j) => standardOf(channel(j)));
  const target = standardOf(beside.map(({ reference }) => reference));
  const place = (row: readonly number[]): Float64Array =>
    Float64Array.from(scales, ({ mean, deviation }, j) => ((row[j] ?? 0) - mean) / deviation);
  const places = beside.map(({ row }) => place(row));
  const near = (a: Float64Array, b: Float64Array): number => {
    let squares = 0;
    for (let j = 0; j < width; j++) squares += ((a[j] as number) - (b[j] as number)) ** 2;
    return Math.exp(-squares / (2 * width * lengthScale * lengthScale));
  };
  const kernel = places.map((a, i) => {
    const row = new Float64Array(n);
    for (let j = 0; j <= i; j++) row[j] = near(a, places[j] as Float64Array) + (i === j ? noise : 0);
    return row;
  });
  const lower = cholesky(kernel);
  if (!lower) throw new Fault('refused', 'the rows beside the reference are all the same: no fit exists');
  const weights = solveCholesky(
    lower,
    beside.map(({ reference }) => (reference - target.mean) / target.deviation),
  );
  return {
    rows: n,
    at: (row) => {
      const here = place(row);
      const to = places.map((one) => near(here, one));
      let value = 0;
      for (let i = 0; i < n; i++) value += (to[i] as number) * (weights[i] as number);
      const known = solveLower(lower, to).reduce((sum, v) => sum + v * v, 0);
      return {
        value: target.mean + target.deviation * value,
        u: target.deviation * Math.sqrt(Math.max(0, 1 - known) + noise),
      };
    },
  };
}

function standardOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) || 1 };
}

/** The fit that was in force at a moment: rows of the last 28 days before the week that began at `weekMs`, and no later one. */
export const surfaceBefore = (weekMs: number, beside: readonly Beside[]): Surface =>
  fitSurface(beside.filter(({ atMs }) => atMs < weekMs && atMs >= weekMs - lookBackMs));
