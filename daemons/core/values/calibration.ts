/** One applied gas and the answer of the instrument. */
export interface CalibrationPoint {
  /** Concentration on the certificate, in the unit of the result. */
  readonly applied: number;
  /** Standard uncertainty (k = 1) of `applied`. */
  readonly uApplied: number;
  /** Mean reading, in the instrument's unit. */
  readonly read: number;
  /** Standard uncertainty (k = 1) of `read`. */
  readonly uRead: number;
}

/** The cylinder (or zero source) behind a point. */
export interface GasSource {
  readonly gas: string;
  readonly lot: string;
  readonly certificate: string;
  /** Unix ms after which the certificate is void. */
  readonly expiresMs: number;
}

/**
 * value = sum over terms (coefficient * channel) + intercept. One term is the two-point line of an analyzer; several
 * are a co-location fit. `covariance` is that of [intercept, ...coefficients] in that order, row by row.
 */
export interface LinearFit {
  readonly kind: 'linear';
  readonly intercept: number;
  readonly terms: readonly { readonly channel: string; readonly coefficient: number }[];
  readonly covariance: readonly (readonly number[])[];
  /** Standard deviation of the residuals, in the unit of the result; 0 for an exact two-point line. */
  readonly residual: number;
  /** Range of the result that the points span: outside it a value is flagged `extrapolated`. */
  readonly spans: readonly [number, number];
}

/** The record of an adjustment. Immutable: a new adjustment replaces the old one by id. */
export interface Calibration {
  readonly id: string;
  readonly sensor: string;
  readonly serial: string;
  readonly quantity: string;
  readonly unit: string;
  readonly atMs: number;
  readonly validUntilMs: number;
  readonly fit: LinearFit;
  readonly points: readonly CalibrationPoint[];
  readonly gases: readonly GasSource[];
  /** Pseudonymous id of the technician. */
  readonly by: string;
  readonly replaces: string | null;
}
