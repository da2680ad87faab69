import type { Spot } from '../../core/geo/local.ts';
import type { Flag } from '../../core/values/flags.ts';
import type { PlotPicture } from '../../core/values/plot.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import type { Cues } from '../../core/vision/cues.ts';
import type { Covariance } from '../ground/covariance.ts';
import type { Ring } from '../ground/ring.ts';

/** What a model found, placed on the ground. Plain JSON: kept as it stands, so that the same alerts come of it again. */
export interface GroundSighting extends Spot {
  readonly label: string;
  readonly score: number;
  readonly covariance: Covariance;
  /** Metres [north, east] from its middle. */
  readonly ring: Ring;
  /** The outline touches the edge of the picture. */
  readonly cut: boolean;
  readonly metresPerPixel: number;
  readonly picture: PlotPicture | null;
  /** Absent where nobody looked. */
  readonly cues?: Cues | null | undefined;
}

/** One picture's sightings. */
export interface GroundLook {
  readonly at: Stamp;
  readonly sightings: readonly GroundSighting[];
  /** The ground that the picture shows, as metres from a spot; null where it cannot be said. */
  readonly footprint: (Spot & { readonly ring: Ring }) | null;
  readonly flags: readonly Flag[];
}
