import { judgeOf } from './judge.ts';

/** A first-order response reaches 90 % after ln(10) time constants. */
const constantsInT90 = Math.LN10;

/** The fastest change a ms of a sensor with that T90, on which gas steps over its whole span: span / tau. */
export const fastest = (span: number, t90S: number): number => (span * constantsInT90) / (1000 * t90S);

/**
 * A change faster than `perMs` allows, counted from the last value that was not flagged. A sensor cannot do that: its
 * circuit can. No change is larger than the whole span, and a step of the converter (`slack`) is no change.
 */
export const rate = ({ perMs, slack }: { readonly perMs: number; readonly slack: number }) =>
  judgeOf({
    flag: 'rate',
    fresh: (): { value: number | null; atMs: number } => ({ value: null, atMs: 0 }),
    judge: (memory, value, atMs) => {
      if (value === null) return false;
      const { value: before, atMs: beforeMs } = memory;
      const tooFast = before !== null && Math.abs(value - before) > perMs * Math.max(0, atMs - beforeMs) + slack;
      if (!tooFast) Object.assign(memory, { value, atMs });
      return tooFast;
    },
  });
