import type { RecordHead, ShownPoint } from './calibration.ts';

/**
 * A calibration check: what is shown, against applied gas, as found. It changes nothing that is in force; a failed one asks
 * for an adjustment and puts a mark on every alert since the last good check or adjustment of this part.
 */
export interface CalibrationCheck extends RecordHead {
  readonly record: 'check';
  /** Id of the adjustment that was checked; null for a part that is used as it came from the factory. */
  readonly calibration: string | null;
  readonly points: readonly ShownPoint[];
  /** Share of the applied concentration by which a span point may be off: 0.1 by default (ISEA: 0.1 to 0.2). */
  readonly tolerance: number;
  /** By how much a zero point may be off, in the unit of the result. */
  readonly zeroTolerance: number;
  readonly verdict: 'passed' | 'failed';
  /** Why it failed, for the reader; empty when it passed. */
  readonly reasons: readonly string[];
}
