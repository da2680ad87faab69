/** How often alerts of a kind led to something, with what that rests on. */
import type { Outcome } from '../values/desk.ts';

export interface Precision {
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** Alerts that somebody went after and could say of whether there was something. */
  readonly n: number;
  readonly found: number;
  /** Of those, in [0, 1], with the interval that holds the true share 95 times in 100; null where too few were looked at. */
  readonly share: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Below this a share says nothing. */
const leastLooked = 5;
/** Of the normal distribution, for 95 %. */
const z = 1.959964;

/** A lawful source is no find: somebody was sent there for nothing. Who could not look, or drilled, says nothing. */
export function precisionOf(outcomes: Precision['outcomes']): Precision {
  const found = outcomes.found ?? 0;
  const n = found + (outcomes['not-found'] ?? 0) + (outcomes['lawful-source'] ?? 0);
  if (n < leastLooked) return { outcomes, n, found, share: null, low: null, high: null };
  return { outcomes, n, found, share: found / n, ...wilson(found, n) };
}

/** Wilson's score interval (1927), which stays within [0, 1] and is honest for few. */
function wilson(found: number, n: number): { readonly low: number; readonly high: number } {
  const p = found / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
