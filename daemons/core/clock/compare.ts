import type { Stamp } from '../values/stamp.ts';

/** Before or after: by the monotonic clock within a boot, by what the wall clocks said across boots. */
export const compareStamps = (a: Stamp, b: Stamp): number =>
  a.boot === b.boot ? a.monoNs - b.monoNs : a.wallMs - b.wallMs;
