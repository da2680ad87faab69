/** How fast and how far a channel answers a gas, from its values while the gas flowed and after it was taken away. */
import type { Response } from '../values/bump-test.ts';

/** One value in the unit of the result, in ms of any one clock. */
export interface Answer {
  readonly atMs: number;
  readonly value: number;
}

export interface Exposure {
  /** What was shown before the gas. */
  readonly base: number;
  readonly gasOnMs: number;
  /** null: the gas was never taken away. */
  readonly gasOffMs: number | null;
  /** In order of time; those before `gasOnMs` are passed over. */
  readonly answers: readonly Answer[];
}

/** Of the time on gas, the last part in which the value is taken as final. */
const finalShare = 0.2;

/**
 * Peak, T90 and T10 in seconds. Final is the median of the last fifth of the time on gas; a crossing is found between two
 * values by a straight line. T90 is null when nothing rose, T10 when the value did not come back.
 */
export function responseOf({ base, gasOnMs, gasOffMs, answers }: Exposure): Response {
  const offMs = gasOffMs ?? Number.POSITIVE_INFINITY;
  const on = answers.filter(({ atMs }) => atMs >= gasOnMs && atMs < offMs);
  const off = answers.filter(({ atMs }) => atMs >= offMs);
  const lastMs = on.at(-1)?.atMs ?? gasOnMs;
  const final = middle(on.filter(({ atMs }) => atMs >= lastMs - finalShare * (lastMs - gasOnMs)));
  const peak = on.reduce((highest, { value }) => Math.max(highest, value), base);
  const rise = final - base;
  const t90Ms =
    rise > 0 ? crossing([{ atMs: gasOnMs, value: base }, ...on], (value) => value - base - 0.9 * rise) : null;
  const start = on.at(-1);
  const t10Ms =
    rise > 0 && start && gasOffMs !== null
      ? crossing([{ ...start, atMs: offMs }, ...off], (value) => base + 0.1 * rise - value)
      : null;
  return {
    peak,
    t90S: t90Ms === null ? null : (t90Ms - gasOnMs) / 1000,
    t10S: t10Ms === null ? null : (t10Ms - offMs) / 1000,
  };
}

/** When `above` first is zero or more. */
function crossing(answers: readonly Answer[], above: (value: number) => number): number | null {
  for (const [i, one] of answers.entries()) {
    const here = above(one.value);
    if (here < 0) continue;
    const before = answers[i - 1];
    if (!before) return one.atMs;
    const there = above(before.value);
    return before.atMs + ((one.atMs - before.atMs) * -there) / (here - there);
  }
  return null;
}

function middle(answers: readonly Answer[]): number {
  const values = answers.map(({ value }) => value).sort((a, b) => a - b);
  const half = values.length >> 1;
  const high = values[half] ?? Number.NaN;
  return values.length % 2 === 1 ? high : (high + (values[half - 1] ?? high)) / 2;
}
