/**
 * Limit of detection from a blank (Currie; IUPAC): 3.3 s / S, s being the blank's spread and S the sensitivity. What is kept
 * is the value itself, negative or not: averages of clamped values lie.
 */
import type { Blank } from '../../core/values/calibration.ts';
import type { Conversion } from '../calibrate.ts';

export interface Lod {
  /** In the unit of the result. */
  readonly lod: number;
  /** Readings of the blank it stands on. */
  readonly n: number;
}

/** A spread of fewer readings is hardly known: that of ten is off by a quarter. */
const fewest = 10;

/** From a blank and the sensitivity in its unit per unit of the result. null: too few readings, no noise in them, or no sensitivity. */
export function lodOfBlank({ spread, n }: Blank, sensitivity: number): Lod | null {
  const lod = (3.3 * spread) / Math.abs(sensitivity);
  return n >= fewest && lod > 0 && Number.isFinite(lod) ? { lod, n } : null;
}

/** From the readings of a blank. */
export function lodOf(blank: readonly number[], sensitivity: number): Lod | null {
  const n = blank.length;
  const mean = blank.reduce((sum, one) => sum + one, 0) / n;
  const spread = Math.sqrt(blank.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1));
  return lodOfBlank({ spread, n }, sensitivity);
}

/**
 * Of a channel: the larger of what a person states for it and what its own zero gas showed at the adjustment in force, for
 * zero gas knows nothing of the field's air. null where neither is known, and where nothing says what its readings mean.
 */
export function lodOfChannel(
  { record, factoryU, uInputs }: Pick<Conversion, 'record' | 'factoryU' | 'uInputs'>,
  stated: number | null,
): number | null {
  if (record === null && factoryU === null) return null;
  const [only, ...more] = record?.fit.terms ?? [];
  const { blank } = record ?? {};
  const measured =
    blank && only && more.length === 0
      ? // Readings that all fall on one step are not without noise.
        lodOfBlank({ n: blank.n, spread: Math.max(blank.spread, uInputs[0] ?? 0) }, 1 / only.coefficient)
      : null;
  const known = [stated, measured?.lod ?? null].filter((one) => one !== null);
  return known.length === 0 ? null : Math.max(...known);
}
