/** Limit of detection from a blank (Currie; IUPAC): 3.3 s / S above it, s being the blank's spread and S the sensitivity. */
export interface Lod {
  /** In the unit of the result. */
  readonly lod: number;
  /** Readings of the blank it stands on. */
  readonly n: number;
}

/** A spread of fewer readings is hardly known: that of ten is off by a quarter. */
const fewest = 10;

/** From readings of a blank and the sensitivity in their unit per unit of the result. null: too few, or no sensitivity. */
export function lodOf(blank: readonly number[], sensitivity: number): Lod | null {
  const n = blank.length;
  if (n < fewest || !(Math.abs(sensitivity) > 0)) return null;
  const mean = blank.reduce((sum, one) => sum + one, 0) / n;
  const s = Math.sqrt(blank.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1));
  return { lod: (3.3 * s) / Math.abs(sensitivity), n };
}

/** As a display shows it. What is kept is the value itself, negative or not: averages of clamped values lie. */
export const shown = (value: number | null, lod: number | null, digits = 1): string =>
  value === null ? 'no value' : lod !== null && value < lod ? '<LOD' : value.toFixed(digits);
