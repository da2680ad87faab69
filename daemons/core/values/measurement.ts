import type { Flag } from './flags.ts';
import type { Stamp } from './stamp.ts';

/** A calibrated value: what is claimed about the world, with its standard uncertainty. */
export interface Measurement {
  readonly sensor: string;
  /** What is measured, for example `ammonia`, `mox-1`, `temperature`. */
  readonly quantity: string;
  readonly at: Stamp;
  /** Never clamped: a negative concentration near zero is information about noise and drift. */
  readonly value: number | null;
  readonly unit: string;
  /** Standard uncertainty (k = 1) in `unit`; null where it is not known. */
  readonly u: number | null;
  /** Limit of detection in `unit`: shown as `<LOD` below it. Absent where it is not known; not in telemetry, `calibration` leads to it. */
  readonly lod?: number;
  readonly flags: readonly Flag[];
  /** Id of the calibration applied; null for a raw or factory-scaled channel. */
  readonly calibration: string | null;
  /** Ms that its air took from the inlet of a sampling line to the sensor, as measured; absent where no line is known. */
  readonly delayMs?: number;
}

/** When the air of a measurement was at the inlet, in ns of the monotonic clock of its boot: what it is joined with by. */
export const inletNs = ({ at, delayMs = 0 }: Pick<Measurement, 'at' | 'delayMs'>): number => at.monoNs - delayMs * 1e6;
