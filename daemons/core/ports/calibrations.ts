import type { Calibration } from '../values/calibration.ts';

/** The box's calibration records, as a technician may read them. A record is never changed, only replaced by a newer one. */
export interface Calibrations {
  /** The record in force for a quantity of a sensor with this serial number; null when there is none. */
  inForce(sensor: string, serial: string, quantity: string): Calibration | null;
  /** Adds a record and resolves when it is on the disk. */
  add(record: Calibration): Promise<void>;
  /** What had to be mended when the file was read; empty when all was well. */
  readonly notes: readonly string[];
}
