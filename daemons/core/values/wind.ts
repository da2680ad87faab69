/** The air's motion, averaged as a vector. */
export interface WindFix {
  /** The end of the average, CLOCK_MONOTONIC of the box. */
  readonly monoNs: number;
  /** Length of the mean vector, m/s. */
  readonly speedMs: number;
  /** Where it comes FROM, degrees from true north in [0, 360); null below 0.5 m/s, where air has no direction. */
  readonly fromDeg: number | null;
  readonly uSpeedMs: number;
  readonly uFromDeg: number | null;
  /** What was averaged over. */
  readonly seconds: number;
  /** Who measured: an autopilot's estimate is not an anemometer. */
  readonly source: 'autopilot' | 'anemometer';
}
