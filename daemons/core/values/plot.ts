import type { Rings } from './plume.ts';

/** What holds the true place nine times in ten. */
export interface PlaceEllipse {
  /** Half of the longer and of the shorter axis, metres. */
  readonly majorM: number;
  readonly minorM: number;
  /** Where the longer one points: degrees from true north, clockwise, in [0, 180). */
  readonly bearingDeg: number;
}

/** Land that somebody answers for. It lowers what is claimed and hides nothing. */
export interface PlotZone {
  readonly name: string;
  readonly kind: 'declared' | 'licensed' | 'watch';
}

/** A piece of a picture around what was found; never more of it, never finer than 5 cm a pixel. */
export interface PlotPicture {
  /** Of the JPEG as it was made, in hex; `jpeg` is that in base64, absent where it was left out or has been deleted. */
  readonly sha256: string;
  readonly jpeg?: string | undefined;
  readonly width: number;
  readonly height: number;
  /** Metres on the ground that a pixel covers. */
  readonly metresPerPixel: number;
}

/** A piece of ground that looks like what a model was made to find. */
export interface Plot {
  /** Its outline: one closed ring [longitude, latitude]. */
  readonly outline: Rings;
  readonly areaM2: number;
  readonly lengthM: number;
  readonly widthM: number;
  /** It went on beyond the edge of every picture: area and shape are less than the truth. */
  readonly cut: boolean;
  readonly ellipse: PlaceEllipse;
  /** How often it was looked at, and in how many passes. */
  readonly looks: number;
  readonly passes: number;
  readonly zones: readonly PlotZone[];
  readonly picture: PlotPicture | null;
}
