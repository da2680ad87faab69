/** What one step of the source estimate takes: means over a minute (a drone's hover: some seconds) with the wind of that time. */

/** Metres in a local frame: x east, y north, z above the ground. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** Wind over the time of the row, as an anemometer tells it. */
export interface RowWind {
  /** Mean speed, m/s. */
  readonly speedMs: number;
  /** Where it comes FROM, degrees clockwise from true north. */
  readonly fromDeg: number;
  /** Tangent of the standard deviation of its direction, horizontal and vertical: what spreads the plume. */
  readonly tanH: number;
  readonly tanV: number;
}

/** A concentration at a point, or the mean along a straight path (an open-path laser). */
export interface Look {
  /** Whose background and autocorrelation it shares: one instrument, or one path. */
  readonly stream: string;
  /** mg/m3, the background included. */
  readonly value: number;
  readonly at: Point;
  /** The other end of the path; null for a point sensor. */
  readonly to: Point | null;
}

export interface Row {
  /** Seconds of a monotonic clock, the middle of the row. */
  readonly atS: number;
  /** Air from before any gas came: whether the source was there nobody knows, so it tells the background and nothing of a place. */
  readonly before?: boolean;
  readonly wind: RowWind;
  readonly looks: readonly Look[];
}
