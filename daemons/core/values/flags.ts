/**
 * What is wrong, or special, with a value. A flag degrades what may be claimed; it never deletes the value.
 * The first six are faults of the world (see `ports/fault.ts`): the value is then null, a gap.
 */
export type Flag =
  | 'nack'
  | 'timeout'
  | 'checksum'
  | 'protocol'
  | 'absent'
  | 'refused'
  | 'not-a-number'
  | 'out-of-range'
  | 'saturated'
  | 'stuck'
  | 'flatline'
  | 'spike'
  | 'rate'
  | 'crc-rate'
  | 'pair-disagreement'
  | 'pump-stopped'
  | 'line-blocked'
  | 'line-leak'
  | 'line-wet'
  | 'filter-due'
  | 'line-unknown'
  | 'not-measured'
  | 'instrument-fault'
  | 'inhibited'
  | 'heater'
  | 'no-fix'
  | 'warming-up'
  | 'uncalibrated'
  | 'uncompensated'
  | 'calibration-expired'
  | 'single-level'
  | 'check-failed'
  | 'extrapolated'
  | 'simulated'
  | 'clock';

/** Shared, so that the common case of a clean value allocates nothing. */
export const noFlags: readonly Flag[] = Object.freeze([]);

/** With one of these a value may be of other air than that of the inlet: a low one does not say that nothing is there. */
const blind: ReadonlySet<Flag> = new Set<Flag>(['not-measured', 'line-unknown']);
export const isBlind = (flags: readonly Flag[]): boolean => flags.length > 0 && flags.some((flag) => blind.has(flag));

/** The union of two flag lists, each flag once. */
export const joinFlags = (a: readonly Flag[], b: readonly Flag[]): readonly Flag[] => {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  return [...new Set([...a, ...b])];
};
