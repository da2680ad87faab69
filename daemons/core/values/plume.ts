import type { Where } from './detection.ts';
import type { Stamp } from './stamp.ts';

/** Why there is no answer: each is something a person can change. */
export type NotEnough =
  | 'thin-data'
  | 'calm-wind'
  | 'direction-spread'
  | 'no-contrast'
  /** The answer presses against the edge of the area that was searched. */
  | 'outside-area'
  /** Which gas it is is not known, or nobody said how to weigh it. */
  | 'unknown-gas'
  | 'no-position'
  /** Nobody tells the wind, or told it too long ago. */
  | 'no-wind'
  | 'stale-wind'
  /** Within a row the wind came from all around. */
  | 'wind-turns';

/** Probability over a rectangle of square cells, row by row from the south-west corner. */
export interface HeatMap {
  /** The south-west corner, and a cell's side in degrees; columns run east and rows north. */
  readonly lat: number;
  readonly lon: number;
  readonly cellLat: number;
  readonly cellLon: number;
  readonly columns: number;
  /** Thousandths of the whole, rounded; cells of nothing are 0. */
  readonly permille: readonly number[];
}

/** A region as closed rings [longitude, latitude]; holes run the other way round. */
export type Rings = readonly (readonly (readonly [number, number])[])[];

/** The wind that an estimate rests on. */
export interface WindSupport {
  /** Rows that were used, and those passed over because the air hardly moved. */
  readonly rows: number;
  readonly calm: number;
  readonly meanSpeedMs: number;
  /** Circular mean of where it came FROM, and the circular standard deviation of the rows, in degrees. */
  readonly fromDeg: number;
  readonly spreadDeg: number;
}

/** What an answer, or the lack of one, is made of. */
export interface PlumeBasis {
  readonly at: Stamp;
  /** Null where it is not known which. */
  readonly gas: string | null;
  /** When the first row begins that it is made of, Unix ms by the box's clock; null before any. */
  readonly sinceMs: number | null;
  /** Whether it began while the gas was there already: after a restart, or because there were too many rows. */
  readonly anew: boolean;
  /** Instruments, as `sensor/quantity`; those of wind and position too. */
  readonly made: readonly string[];
  readonly wind: WindSupport;
  /** The wind of the last row, and its end as Unix ms; no direction in a calm. */
  readonly latest: { readonly fromDeg: number | null; readonly speedMs: number; readonly untilMs: number } | null;
}

export interface SourceFound extends PlumeBasis {
  readonly answer: 'source';
  /** The most likely place; `ceM` around it holds the source nine times in ten. */
  readonly where: Where;
  /** Grams a second: median, and the bounds that hold it nine times in ten. */
  readonly rateGS: { readonly median: number; readonly low: number; readonly high: number };
  readonly region50: Rings;
  readonly region90: Rings;
  readonly heat: HeatMap;
  /** Where a further look would tell most, and how much it is expected to, in nats; null where none would. */
  readonly next: { readonly lat: number; readonly lon: number; readonly nats: number } | null;
}

export interface SourceNotFound extends PlumeBasis {
  readonly answer: 'not-enough';
  readonly reason: NotEnough;
}

/** Where gas comes from, how much, and how sure; or why that cannot be said. A lead for a person, never a verdict. */
export type SourceEstimate = SourceFound | SourceNotFound;
