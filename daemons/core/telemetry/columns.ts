/**
 * What a telemetry envelope holds once inflated. Values of one channel stand in one column: unit and calibration once,
 * times as differences, so that what repeats is said once and deflate finds the rest.
 */
import type { Flag } from '../values/flags.ts';

/** `count` values from `start` on carry these flags; values in no run carry none. */
export type FlagRun = readonly [start: number, count: number, flags: readonly Flag[]];

/** What a wall clock said: its ms at the monotonic time of the envelope's `from`, and how far it was trusted. */
export interface ClockReading {
  readonly wallMs: number;
  readonly synced: boolean;
  readonly uncertaintyMs: number | null;
}

/** Times of a column, shared by all columns that were read together. */
export interface Axis {
  /** Monotonic ms after `from` of the first value, then the differences from value to value. */
  readonly ms: readonly number[];
  /** From `start` on, `clocks[clock]` held; absent when clock 0 held for all. */
  readonly clock?: readonly (readonly [start: number, clock: number])[];
}

export interface ReadingColumn {
  readonly sensor: string;
  readonly channel: string;
  readonly unit: string;
  /** Which of `axes`. */
  readonly axis: number;
  /** Six significant digits; null is a gap. */
  readonly values: readonly (number | null)[];
  readonly flags?: readonly FlagRun[];
}

export interface MeasurementColumn {
  readonly sensor: string;
  readonly quantity: string;
  readonly unit: string;
  readonly calibration: string | null;
  readonly axis: number;
  readonly values: readonly (number | null)[];
  /** Three significant digits; one number when all are the same; absent when none is known. */
  readonly u?: number | readonly (number | null)[];
  /** Ms from the inlet to the sensor; absent where no line is known. */
  readonly delayMs?: number;
  readonly flags?: readonly FlagRun[];
}

/** A channel whose unit or calibration changed goes on in a later column of the same name. */
export interface Columns {
  readonly v: 1;
  readonly boot: string;
  readonly clocks: readonly ClockReading[];
  readonly axes: readonly Axis[];
  readonly readings: readonly ReadingColumn[];
  readonly measurements: readonly MeasurementColumn[];
  /** The run of the line that read this, and the number of its first reading in that run, from 0. */
  readonly run?: { readonly id: string; readonly first: number };
  /**
   * In which order the readings came: the n-th pair (column, count) takes one value each from so many columns of
   * `readings` in a row. Absent: not known.
   */
  readonly order?: readonly number[];
}
