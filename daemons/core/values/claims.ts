import type { Alert } from './alert.ts';
import type { Flag } from './flags.ts';

/**
 * Flags of a calibration that does not carry more than an indication: overdue, absent, on a single level of gas, or found
 * wrong at a later check. They take nothing from the alert itself.
 */
export const limitsClaims: ReadonlySet<Flag> = new Set<Flag>([
  'uncalibrated',
  'calibration-expired',
  'single-level',
  'check-failed',
]);

/** What may be said of an alert that claims so much and rests on values with these flags. */
export const certaintyOf = (claimed: Alert['certainty'], flags: readonly Flag[]): Alert['certainty'] =>
  flags.some((flag) => limitsClaims.has(flag)) ? 'indication' : claimed;
