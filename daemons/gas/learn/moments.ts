import type { Exposure } from './exposure.ts';

/** What is left of the exposures of one gas in one session: number, mean, and scatter about the mean. */
export interface Moments {
  readonly label: number;
  readonly session: number;
  readonly count: number;
  readonly mean: Float64Array;
  /** Sum of (x - mean)(x - mean)', lower triangle, row after row. */
  readonly scatter: Float64Array;
}

/** Moments of each gas in each session, in the order they first appear. */
export function momentsOf(exposures: readonly Exposure[]): Moments[] {
  const groups = Map.groupBy(exposures, ({ label, session }) => `${session} ${label}`);
  return [...groups.values()].map((group) => {
    const { label = 0, session = 0 } = group[0] ?? {};
    const mean = meanOf(group);
    return { label, session, count: group.length, mean, scatter: scatterAbout(mean, group) };
  });
}

function meanOf(group: readonly Exposure[]): Float64Array {
  const mean = new Float64Array(group[0]?.features.length ?? 0);
  for (const { features } of group) for (let i = 0; i < mean.length; i++) mean[i] = at(mean, i) + at(features, i);
  return mean.map((sum) => sum / group.length);
}

function scatterAbout(mean: Float64Array, group: readonly Exposure[]): Float64Array {
  const scatter = new Float64Array((mean.length * (mean.length + 1)) / 2);
  for (const { features } of group)
    addOuter(
      scatter,
      mean.map((value, i) => at(features, i) - value),
      1,
    );
  return scatter;
}

/** Adds weight * x x' to a lower triangle. */
export function addOuter(triangle: Float64Array, x: Float64Array, weight: number): void {
  for (let i = 0, k = 0; i < x.length; i++) {
    const scaled = weight * at(x, i);
    for (let j = 0; j <= i; j++, k++) triangle[k] = at(triangle, k) + scaled * at(x, j);
  }
}

const at = (values: Float64Array | Float32Array, i: number): number => values[i] as number;
