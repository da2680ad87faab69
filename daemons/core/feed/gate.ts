/**
 * What no vehicle can do is not believed at once: a fix that is impossible after the last one is withheld, until as many
 * in a row agree with each other. Then the value goes on there in a new segment, and nothing is interpolated across.
 */
export interface Gate<T> {
  readonly last: T | null;
  /** Fixes in a row that agree with each other and not with `last`. */
  readonly rivals: readonly T[];
  /** Counts the places where the value jumped. */
  readonly segment: number;
}

export type Verdict = 'kept' | 'jumped' | 'withheld' | 'resumed';

export const freshGate: Gate<never> = { last: null, rivals: [], segment: 0 };

/** Rivals in a row that are believed. */
const believed = 5;

/** `possible(a, b)`: whether a vehicle can be at `b` after `a`. `jumped` is the first fix withheld. */
export function passed<T>(gate: Gate<T>, next: T, possible: (a: T, b: T) => boolean): readonly [Gate<T>, Verdict] {
  const { last, rivals, segment } = gate;
  if (last === null || possible(last, next)) return [{ last: next, rivals: [], segment }, 'kept'];
  const rival = rivals.at(-1);
  const agreeing = rival !== undefined && possible(rival, next) ? [...rivals, next] : [next];
  if (agreeing.length >= believed) return [{ last: next, rivals: [], segment: segment + 1 }, 'resumed'];
  return [{ last, rivals: agreeing, segment }, rivals.length === 0 ? 'jumped' : 'withheld'];
}
