import type { Stamp } from '../../core/values/stamp.ts';

/**
 * How long ago it was, in ms, by the box. Within one boot by what cannot be set; across boots by the wall clock, and null
 * where that did not know the time or would say that it is yet to come.
 */
export function agoMs(at: Stamp, now: Stamp): number | null {
  if (at.boot === now.boot) return Math.max(0, (now.monoNs - at.monoNs) / 1e6);
  if (at.uncertaintyMs === null || now.uncertaintyMs === null) return null;
  const ago = now.wallMs - at.wallMs;
  return ago < -(at.uncertaintyMs + now.uncertaintyMs) ? null : Math.max(0, ago);
}
