import type { Where } from './detection.ts';
import type { Stamp } from './stamp.ts';

/** Why there is no answer: each is something a person can change. */
export type NotEnough =
  | 'thin-data'
  | 'calm-wind'
  | 'direction-spread'
  | 'no-contrast'
  /** The answer presses against the edge of the area that was searched. */
  | 'outside-area';

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

/** Where gas comes from, how much, and how sure; or why that cannot be said. A lead for a person, never a verdict. */
export type SourceEstimate =
  | {
      readonly answer: 'source';
      readonly at: Stamp;
      readonly where: Where;
      /** Grams a second: median, and the bounds that hold it nine times in ten. */
      readonly rateGS: { readonly median: number; readonly low: number; readonly high: number };
      readonly region50: Rings;
      readonly region90: Rings;
      readonly heat: HeatMap;
      readonly wind: WindSupport;
    }
  | { readonly answer: 'not-enough'; readonly at: Stamp; readonly reason: NotEnough; readonly wind: WindSupport };
