import type { Stamp } from '../values/stamp.ts';

/**
 * How old `then` is at `now` for certain, in ms: within one boot by the monotonic clock. Over boots it is at least the
 * time since this boot, and more only by wall clocks that were disciplined at both ends, less their uncertainties: a
 * clock that jumps by two weeks must not age anything.
 */
export function ageMs(then: Stamp, now: Stamp): number {
  if (then.boot === now.boot) return Math.max(0, (now.monoNs - then.monoNs) / 1e6);
  const sinceBoot = Math.max(0, now.monoNs / 1e6);
  if (!then.synced || !now.synced || then.uncertaintyMs === null || now.uncertaintyMs === null) return sinceBoot;
  return Math.max(sinceBoot, now.wallMs - then.wallMs - then.uncertaintyMs - now.uncertaintyMs);
}
