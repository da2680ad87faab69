import { type Flag, joinFlags } from '../values/flags.ts';
import type { Stamp } from '../values/stamp.ts';

/**
 * How fast a free clock may run away, as a share: 100 ppm, 8.6 s a day. Cheap crystals are sold as +-20 to +-50 ppm at
 * 25 C and move by as much again over an outdoor range of temperature; NTP reckons with 15 ppm for a disciplined clock
 * (RFC 5905, PHI) and refuses more than 500 ppm (MAXFREQ). An assumption, not a measurement of this box.
 */
export const drift = 100e-6;

/** Beyond it (or unknown), a time is not good enough to set two boxes' alerts side by side, in ms. */
export const doubtfulMs = 10_000;

/**
 * `ms` rounded up to 1, 2 or 5 times a power of ten: a bound may be loose, and telemetry says it once in place of a
 * thousand times when it does not creep.
 */
export function looseBound(ms: number): number {
  if (!(ms > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(ms));
  for (const step of [1, 2, 5, 10]) if (ms <= step * power) return step * power;
  return 20 * power;
}

const marked: readonly Flag[] = Object.freeze(['clock'] as const);

const isDoubtful = ({ uncertaintyMs }: Stamp): boolean => uncertaintyMs === null || uncertaintyMs > doubtfulMs;

/** The values, with `clock` on those whose time has no bound or a wide one: it degrades what may be claimed, and silences nothing. */
export function flagClock<V extends { readonly at: Stamp; readonly flags: readonly Flag[] }>(
  values: readonly V[],
): readonly V[] {
  if (!values.some(({ at }) => isDoubtful(at))) return values;
  return values.map((one) => (isDoubtful(one.at) ? { ...one, flags: joinFlags(one.flags, marked) } : one));
}
