/** What can be shown of an alert and of an array, as the centre hands it to whoever draws it. */
export interface SightMoment {
  /** Seconds after the alert began. */
  readonly s: number;
  readonly value: number | null;
  readonly baseline: number | null;
  readonly threshold: number;
  readonly probabilities?: readonly number[];
}

export interface AlertSight {
  readonly unit: string;
  readonly labels: readonly string[];
  readonly moments: readonly SightMoment[];
  /** Seconds at which the alert began and was last heard of. */
  readonly stood: readonly [number, number];
}

/** One element of an array. */
export interface Drift {
  readonly name: string;
  readonly points: readonly { readonly atMs: number; readonly value: number }[];
}
