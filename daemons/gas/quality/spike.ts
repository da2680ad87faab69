import { judgeOf } from './judge.ts';

/** From a median absolute deviation to the standard deviation of a normal distribution. */
const toSigma = 1.4826;

/**
 * The Hampel identifier on the newest value of a window: more than `k` scaled median deviations from the median, and as far
 * from the value before. The second half keeps the arrival of gas from being one spike after another: of a step, one value
 * is flagged, since nobody can tell it from a spike before the next one comes. `floor` is the least deviation that
 * counts as one, so that a channel that was perfectly quiet may move by a step.
 */
export function spike({ window, k, floor }: { readonly window: number; readonly k: number; readonly floor: number }) {
  const sorted = new Float64Array(window);
  const middle = (at: (i: number) => number): number => {
    for (let i = 0; i < window; i++) sorted[i] = at(i);
    sorted.sort();
    const half = window >> 1;
    const high = sorted[half] ?? 0;
    return window % 2 === 1 ? high : (high + (sorted[half - 1] ?? 0)) / 2;
  };
  return judgeOf({
    flag: 'spike',
    fresh: (): { values: number[]; missed: number } => ({ values: [], missed: 0 }),
    judge: (memory, value) => {
      const { values } = memory;
      if (value === null) {
        // After a long gap the old values say nothing of the next one.
        memory.missed = Math.min(memory.missed + 1, window);
        if (memory.missed >= window) values.length = 0;
        return false;
      }
      memory.missed = 0;
      const before = values.at(-1) ?? value;
      values.push(value);
      if (values.length > window) values.shift();
      // Far from its neighbour is the rarer half, and costs nothing to ask.
      if (values.length < window || Math.abs(value - before) <= k * floor) return false;
      const median = middle((i) => values[i] ?? 0);
      const deviation = Math.max(floor, toSigma * middle((i) => Math.abs((values[i] ?? 0) - median)));
      return Math.abs(value - median) > k * deviation && Math.abs(value - before) > k * deviation;
    },
  });
}
