import type { Flag } from './flags.ts';
import type { Stamp } from './stamp.ts';

/** WGS 84 position of what is meant, with the radius that holds it 90 % of the time (CoT's `ce`). */
export interface Where {
  readonly lat: number;
  readonly lon: number;
  /** Circular error in metres. */
  readonly ceM: number;
  /** How it is known: `surveyed` is the post's own fixed position. */
  readonly source: 'surveyed' | 'gnss' | 'plume' | 'projected';
}

/** Which model said it, to the byte. */
export interface ModelRef {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** One look that crossed a threshold. Not yet an alert: persistence is asked first. */
export interface Detection {
  readonly id: string;
  /** What was detected, for example `vapour.ammonia`. */
  readonly kind: string;
  readonly at: Stamp;
  readonly score: number;
  readonly threshold: number;
  readonly model: ModelRef | null;
  readonly where: Where | null;
  /** What the score rests on: quantities with their value at that moment. */
  readonly evidence: readonly Evidence[];
  readonly flags: readonly Flag[];
}

/** One input of a decision, as it stood. */
export interface Evidence {
  readonly sensor: string;
  readonly quantity: string;
  readonly value: number | null;
  readonly unit: string;
  readonly u: number | null;
  /** Limit of detection in `unit`, below which a person is shown `<LOD`; absent where it is not known. */
  readonly lod?: number | undefined;
  readonly calibration: string | null;
  readonly flags: readonly Flag[];
}
