/**
 * Where a drone is and how it looks about. Times are CLOCK_MONOTONIC of the box; every `u` is a standard uncertainty (k=1).
 * `unvouched`: who tells the value states none, and `u` is a wide one of ours.
 */

export interface PositionFix {
  readonly monoNs: number;
  /** WGS 84, degrees; longitude in [-180, 180). */
  readonly lat: number;
  readonly lon: number;
  /** Metres above mean sea level; null where nobody says. */
  readonly altM: number | null;
  /** Metres above where the flight began; null where nobody says. */
  readonly aboveHomeM: number | null;
  /** Metres a second; null where nobody says. */
  readonly velocity: { readonly north: number; readonly east: number; readonly up: number } | null;
  readonly uHorizontalM: number;
  readonly uVerticalM: number;
  readonly unvouched?: true | undefined;
}

/** A turn from the north-east-down frame to the body's, as a unit quaternion [w, x, y, z]. */
export type Quaternion = readonly [number, number, number, number];

export interface AttitudeFix {
  readonly monoNs: number;
  readonly q: Quaternion;
  readonly uDeg: number;
  readonly unvouched?: true | undefined;
}

export interface GimbalFix extends AttitudeFix {
  /** What yaw is measured from: true north, or the vehicle's nose. Roll and pitch are against the horizon. */
  readonly yawFrom: 'north' | 'vehicle';
}

/** Roll, pitch and yaw in degrees; yaw in [0, 360), clockwise. */
export interface Angles {
  readonly rollDeg: number;
  readonly pitchDeg: number;
  readonly yawDeg: number;
}

/** A fix, and how far its instant lies from the nearest one that was measured. */
export type Aged<T> = T & { readonly ageMs: number };

/** Everything at one instant; null is "not known", never a guess. */
export interface Pose {
  readonly monoNs: number;
  readonly position: Aged<PositionFix> | null;
  readonly attitude: Aged<AttitudeFix> | null;
  readonly gimbal: Aged<GimbalFix> | null;
}
