import type { BumpTest } from '../values/bump-test.ts';
import type { Adjustment } from '../values/calibration.ts';
import type { CalibrationCheck } from '../values/calibration-check.ts';

export type CalibrationRecord = Adjustment | CalibrationCheck | BumpTest;

/** A record as it is made: the box signs it when it is added. */
export type Unsealed<R extends CalibrationRecord = CalibrationRecord> = R extends CalibrationRecord
  ? Omit<R, 'seal'>
  : never;

/** A record of the file that does not count, and why, for the reader. It stays in the file as it is. */
export interface RefusedRecord {
  readonly id: string;
  readonly why: string;
}

/** The box's calibration records, as a technician may read them. A record is never changed, only replaced by a newer one. */
export interface Calibrations {
  /** The adjustment in force for a quantity of the part with this serial number; null when there is none. */
  inForce(sensor: string, serial: string, quantity: string): Adjustment | null;
  /** Every record that stands, of each kind in the order in which they were added. */
  all(): readonly CalibrationRecord[];
  /** Signs a record, adds it to what is in the file by then, and resolves with it when it is on the disk. */
  add<R extends Unsealed>(record: R): Promise<R & Pick<CalibrationRecord, 'seal'>>;
  /** Reads the file again: another process may have added a record. Resolves with whether anything is different. */
  reload(): Promise<boolean>;
  /** What had to be mended when the file was read; empty when all was well. */
  readonly notes: readonly string[];
  /** Records that were refused by name; what was in force before them stands. */
  readonly refused: readonly RefusedRecord[];
  /** Ids of records that stand although this box has a key and did not sign them: made before it had one. */
  readonly unproved: readonly string[];
}
