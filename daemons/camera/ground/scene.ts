/** What a picture was taken with: the camera as it is mounted, the pose of its moment, and what all of that is known to. */

import type { Vector } from '../../core/geo/ellipsoid.ts';
import type { Pose, Quaternion } from '../../core/values/pose.ts';
import type { Lens } from './lens.ts';
import type { Eye, Ground } from './terrain.ts';
import { chained, turned, turnOfDeg } from './turning.ts';

/** How the camera is fixed to what carries it: with zeros it looks ahead, its picture upright. Degrees. */
export interface Mount {
  readonly on: 'body' | 'gimbal';
  readonly rollDeg: number;
  readonly pitchDeg: number;
  readonly yawDeg: number;
}

/** Standard uncertainties (k=1) of what no pose tells. */
export interface CameraErrors {
  /** How well the mount's angles are known, each axis. */
  readonly mountDeg: number;
  /** Of true north, beside what the pose says of its attitude: a compass is worse than a horizon. */
  readonly headingDeg: number;
  /** Of the focal length, as a share; of the middle of the picture and of what was sighted, in pixels. */
  readonly focal: number;
  readonly centrePx: number;
  readonly sightPx: number;
  /** Between the stamps of pictures and those of poses, ms. */
  readonly syncMs: number;
}

export interface Camera {
  readonly lens: Lens;
  readonly mount: Mount;
  readonly u: CameraErrors;
}

export interface Scene {
  readonly camera: Camera;
  readonly ground: Ground;
  /** The pose at an instant of the box's monotonic clock. */
  poseAt(monoNs: number): Pose;
  readonly monoNs: number;
  /** Poses older than this are not used, ms; sights further than this, m; places less sure than this, m. */
  readonly most: { readonly ageMs: number; readonly rangeM: number; readonly ceM: number };
}

export type NoPose = 'no-position' | 'no-height' | 'no-attitude' | 'no-gimbal' | 'late-pose' | 'upside-down';

/** The camera at one instant: where, looking where, and how sure of both. */
export interface Looking {
  readonly eye: Eye;
  /** From the camera's frame (right, down, ahead) to north, east, down. */
  readonly sight: (direction: Vector) => Vector;
  /**
   * Standard uncertainties: of the turn about each axis, of the yaw beside it, of the place along each axis and of the height.
   * A receiver's word on its horizontal accuracy is the root of both axes' variances (u-blox `hAcc`, EKF2's `eph`).
   */
  readonly u: {
    readonly turnDeg: number;
    readonly yawDeg: number;
    readonly axisM: number;
    readonly verticalM: number;
  };
}

/** Cosine of the angle from straight down within which a picture has no top that could be below. */
const downwards = 0.7;
/** Nose this steeply up or down, a heading means nothing. */
const headingSine = 0.9;

export function lookingAt({ camera, ground, poseAt, most }: Scene, monoNs: number): Looking | NoPose {
  const { position, attitude, gimbal } = poseAt(monoNs);
  if (!position) return 'no-position';
  if (position.ageMs > most.ageMs) return 'late-pose';
  const height = ground.kind === 'flat' && ground.aboveSeaM === null ? position.aboveHomeM : position.altM;
  if (height === null) return 'no-height';
  const carrier = camera.mount.on === 'body' ? onBody(attitude, most.ageMs) : onGimbal(gimbal, attitude, most.ageMs);
  if (typeof carrier === 'string') return carrier;
  const { rollDeg, pitchDeg, yawDeg } = camera.mount;
  const q = chained(carrier.q, turnOfDeg(rollDeg, pitchDeg, yawDeg));
  const sight = ([right, down, ahead]: Vector): Vector => turned(q, [ahead, right, down]);
  if (sight([0, 0, 1])[2] < downwards && sight([0, 1, 0])[2] < 0) return 'upside-down';
  return {
    eye: { lat: position.lat, lon: position.lon, heightM: height },
    sight,
    u: {
      turnDeg: Math.hypot(carrier.uDeg, camera.u.mountDeg),
      yawDeg: Math.hypot(carrier.uYawDeg, camera.u.headingDeg),
      axisM: position.uHorizontalM / Math.SQRT2,
      verticalM: Math.hypot(position.uVerticalM, ground.uM),
    },
  };
}

interface Carrier {
  readonly q: Quaternion;
  readonly uDeg: number;
  readonly uYawDeg: number;
}

/** Where a body's down points down: the other way round nothing flies for long. */
const isUpright = (q: Quaternion): boolean => turned(q, [0, 0, 1])[2] > 0;

function onBody(attitude: Pose['attitude'], mostMs: number): Carrier | NoPose {
  if (!attitude) return 'no-attitude';
  if (attitude.ageMs > mostMs) return 'late-pose';
  if (!isUpright(attitude.q)) return 'upside-down';
  return { q: attitude.q, uDeg: attitude.uDeg, uYawDeg: 0 };
}

function onGimbal(gimbal: Pose['gimbal'], attitude: Pose['attitude'], mostMs: number): Carrier | NoPose {
  if (!gimbal) return 'no-gimbal';
  if (gimbal.ageMs > mostMs) return 'late-pose';
  if (gimbal.yawFrom === 'north') return { q: gimbal.q, uDeg: gimbal.uDeg, uYawDeg: 0 };
  const body = onBody(attitude, mostMs);
  if (typeof body === 'string') return body;
  const [north, east, down] = turned(body.q, [1, 0, 0]);
  if (Math.abs(down) > headingSine) return 'no-attitude';
  const heading = turnOfDeg(0, 0, Math.atan2(east, north) * (180 / Math.PI));
  return { q: chained(heading, gimbal.q), uDeg: gimbal.uDeg, uYawDeg: body.uDeg };
}
