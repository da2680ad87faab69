import type { Flag } from './flags.ts';
import type { Stamp } from './stamp.ts';

/** What a driver read, in the instrument's own unit, before any calibration. */
export interface Reading {
  /** The sensor's id on this box, for example `mox-a`. */
  readonly sensor: string;
  /** One output of that sensor, for example `a0`, `temperature`. */
  readonly channel: string;
  readonly at: Stamp;
  /** null is a gap, and a gap is data: `flags` says why. */
  readonly value: number | null;
  readonly unit: string;
  readonly flags: readonly Flag[];
}
