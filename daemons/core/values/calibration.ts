/**
 * Calibration as objects. Three records that are never one another (ISEA; sensing.md section 2): an *adjustment* changes
 * what readings mean; a *check* (`calibration-check.ts`) compares what is shown with an applied gas and changes nothing; a
 * *bump* (`bump-test.ts`) shows that gas arrives and that the alarm trips, and neither changes nor renews a calibration.
 * Records are immutable; a later one replaces an earlier one by id.
 */

/** What every record of these three says of itself. */
export interface RecordHead {
  /** Version of the record's shape. 1 is the shape of an adjustment without conditions, levels and seal. */
  readonly version: 1 | 2;
  readonly id: string;
  readonly sensor: string;
  /** On the part itself: a record belongs to this one, not to the place where it is plugged in. */
  readonly serial: string;
  readonly quantity: string;
  readonly unit: string;
  /** Unix ms at which it was finished. */
  readonly atMs: number;
  /** What was applied, zero sources too. */
  readonly gases: readonly GasSource[];
  /** null: not recorded. */
  readonly conditions: Conditions | null;
  /** How flow and leaks were checked before gas was applied; absent: not recorded, or not part of it (a bump). */
  readonly line?: LineChecks | undefined;
  /** Why a gas was used whose certificate had expired; absent where none had. */
  readonly reason?: string | undefined;
  /** Pseudonymous id of the technician. */
  readonly by: string;
  /** The device's signature over the record; null where the box had no key. See `core/calibration/record-seal.ts`. */
  readonly seal: RecordSeal | null;
}

export interface RecordSeal {
  /** SHA-256 (hex) of the signing key's SubjectPublicKeyInfo. */
  readonly key: string;
  /** Base64, P-256 with SHA-256, r||s. */
  readonly signature: string;
}

export interface LineChecks {
  readonly flow: LineCheck;
  readonly leak: LineCheck;
}

/** `line`: by the inputs of the sampling line, which stood in their bands; `hand`: the technician looked and said so. */
export interface LineCheck {
  readonly by: 'line' | 'hand';
  /** What was measured: flow, or for a leak the vacuum (or the flow where there is no vacuum). */
  readonly value: number | null;
  readonly unit: string | null;
}

/** The cylinder (or zero source) behind a point. */
export interface GasSource {
  readonly gas: string;
  readonly lot: string;
  readonly certificate: string;
  /** Unix ms after which the certificate is void. */
  readonly expiresMs: number;
  /** Relative standard uncertainty (k = 1) by the certificate, 0.01 is one percent; null where it is not stated. */
  readonly uRelative: number | null;
  /** What the gas is diluted in, as the certificate names it: `nitrogen`, `synthetic air`, ...; null: not recorded. */
  readonly balance: string | null;
  /** Cylinder gas is dry unless it went through a humidifier; null: not recorded. */
  readonly humidity: 'dry' | 'humid' | null;
}

/** What it was like at the sensor while the gas flowed; null where nothing measured it. */
export interface Conditions {
  readonly temperatureC: number | null;
  readonly relativePercent: number | null;
  readonly pressureHpa: number | null;
  /** Flow of the applied gas in mL/min. */
  readonly flowMlMin: number | null;
}

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

/** Single readings on zero gas: what a limit of detection is made of. */
export interface Blank {
  /** Standard deviation about their trend, in the instrument's unit. */
  readonly spread: number;
  readonly n: number;
}

/** One applied gas and what the box showed for it through the calibration that was in force. */
export interface ShownPoint extends CalibrationPoint {
  /** What was shown, in the unit of the result. */
  readonly shown: number;
  /** Standard uncertainty (k = 1) of `shown` as stated; null where none was stated. */
  readonly uShown: number | null;
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

/** How an adjustment was made. `gain`: one factor on what was in force, shown at a second level. `factory` is a certificate that came with the part. */
export type Method = 'two-point' | 'multi-point' | 'gain' | 'co-location' | 'factory';

/** The record of an adjustment: from its moment on, readings mean what its fit says. */
export interface Adjustment extends RecordHead {
  readonly record: 'adjustment';
  /** null: a record of version 1, which does not say. */
  readonly method: Method | null;
  readonly validUntilMs: number;
  readonly fit: LinearFit;
  /** What the fit was made of. */
  readonly points: readonly CalibrationPoint[];
  /** The single readings behind its zero point; absent: no zero gas, or not recorded. */
  readonly blank?: Blank | undefined;
  /** Before anything was changed, through what was in force: first zero, then span. Empty: there was nothing in force, or version 1. */
  readonly asFound: readonly ShownPoint[];
  /** After it was changed, through the new fit, at levels that the fit has not seen. */
  readonly asLeft: readonly ShownPoint[];
  /**
   * How many distinct concentrations above zero gas it stands on, those of as-left included. One is marked
   * (`single-level`): its linearity is an assumption, so it carries indications only. null: version 1, not told.
   */
  readonly levels: number | null;
  /** The adjustment that was in force before; null when it is the first of this part. */
  readonly replaces: string | null;
}
