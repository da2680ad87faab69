/**
 * Linear discriminant analysis of exposures that drifted between sessions: one mean a gas, one covariance for all, which
 * holds the noise, the concentrations and the drift that the sessions have shown. What it has not shown yet is the
 * `noiseFloor`: an independent error of every feature, in natural-log units of the raw response, so that no direction
 * which happened to be quiet is trusted without end. A line in the features, so it compiles into one dense layer.
 */
import { Fault } from '../../core/ports/fault.ts';
import { cholesky, solveCholesky } from '../matrix.ts';
import type { Moments } from './moments.ts';
import { addOuter } from './moments.ts';

export interface DiscriminantOptions {
  /** Gases; a label is an index below. Each must have exposures. */
  readonly gases: number;
  /** Standard deviation that every feature is expected to be off by itself, in ln units. */
  readonly noiseFloor: number;
  readonly weights: Weights;
}

/** What a session with this many exposures of a gas weighs beside the other sessions, in any unit. */
export interface Weights {
  /** In the mean of the gas. */
  readonly mean: (count: number) => number;
  /** In how far sessions lie apart: the drift. */
  readonly between: (count: number) => number;
  /** In how far exposures of one session lie apart: noise and concentrations. */
  readonly within: (count: number) => number;
}

/** Score of gas k: weights[k] . x + bias[k], a log likelihood up to what all gases share. */
export interface Discriminant {
  readonly weights: readonly Float64Array[];
  readonly bias: Float64Array;
}

/**
 * Fits by the moments alone; gases count alike. Errors: Fault `refused` when a gas has no exposure, or when the features
 * are so far apart in size that the covariance cannot be solved.
 */
export function fitDiscriminant(moments: readonly Moments[], options: DiscriminantOptions): Discriminant {
  const { gases, noiseFloor, weights } = options;
  const size = moments[0]?.mean.length ?? 0;
  const means: Float64Array[] = [];
  const triangle = new Float64Array((size * (size + 1)) / 2);
  for (let gas = 0; gas < gases; gas++) {
    const cells = moments.filter(({ label }) => label === gas);
    if (cells.length === 0) throw new Fault('refused', `gas ${gas} has no exposure to learn from`);
    const share = (of: (count: number) => number): ((one: Moments) => number) => {
      const total = cells.reduce((sum, { count }) => sum + of(count), 0);
      return ({ count }) => of(count) / total;
    };
    const [inMean, apart, inside] = [share(weights.mean), share(weights.between), share(weights.within)];
    const mean = new Float64Array(size);
    for (const one of cells) for (let i = 0; i < size; i++) add(mean, i, inMean(one) * get(one.mean, i));
    for (const one of cells) {
      const within = inside(one) / one.count / gases;
      for (let k = 0; k < triangle.length; k++) add(triangle, k, within * get(one.scatter, k));
      const off = one.mean.map((value, i) => value - get(mean, i));
      addOuter(triangle, off, apart(one) / gases);
    }
    means.push(mean);
  }
  const lower = cholesky(withFloor(triangle, size, noiseFloor ** 2));
  if (!lower)
    throw new Fault(
      'refused',
      'the covariance of the features cannot be solved: features are not finite, or they say the same and no noise floor parts them',
    );
  return centred(
    means.map((mean) => {
      const solved = solveCholesky(lower, mean);
      return { weights: solved, bias: -dot(solved, mean) / 2 };
    }),
  );
}

/** The score of each gas. */
export const scoresOf = ({ weights, bias }: Discriminant, features: ArrayLike<number>): Float64Array =>
  bias.map((value, k) => value + dot(weights[k] as Float64Array, features));

/** What all gases share is taken off: it changes no answer and costs digits in int8. */
function centred(gases: readonly { readonly weights: Float64Array; readonly bias: number }[]): Discriminant {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const common = (gases[0]?.weights ?? new Float64Array()).map((_, i) => mean(gases.map((one) => get(one.weights, i))));
  const offset = mean(gases.map(({ bias }) => bias));
  return {
    weights: gases.map(({ weights }) => weights.map((value, i) => value - get(common, i))),
    bias: Float64Array.from(gases, ({ bias }) => bias - offset),
  };
}

function withFloor(triangle: Float64Array, size: number, floor: number): Float64Array[] {
  let k = 0;
  return Array.from({ length: size }, (_, i) => {
    const row = new Float64Array(size);
    for (let j = 0; j <= i; j++, k++) row[j] = get(triangle, k) + (i === j ? floor : 0);
    return row;
  });
}

function dot(a: Float64Array, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += get(a, i) * (b[i] as number);
  return sum;
}

const get = (values: Float64Array, i: number): number => values[i] as number;
const add = (values: Float64Array, i: number, value: number): void => {
  values[i] = get(values, i) + value;
};
