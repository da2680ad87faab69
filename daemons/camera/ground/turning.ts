/** Turns of vectors. A turn `q` of the feed leads from the body's frame (forward, right, down) to north, east, down. */
import { sinCosDeg } from '../../core/exact/turn.ts';
import type { Vector } from '../../core/geo/ellipsoid.ts';
import type { Quaternion } from '../../core/values/pose.ts';

export function turned([w, x, y, z]: Quaternion, [a, b, c]: Vector): Vector {
  const [tx, ty, tz] = [2 * (y * c - z * b), 2 * (z * a - x * c), 2 * (x * b - y * a)];
  return [a + w * tx + y * tz - z * ty, b + w * ty + z * tx - x * tz, c + w * tz + x * ty - y * tx];
}

/** `inner` first, then `outer`. */
export const chained = ([w, x, y, z]: Quaternion, [d, a, b, c]: Quaternion): Quaternion => [
  w * d - x * a - y * b - z * c,
  w * a + x * d + y * c - z * b,
  w * b - x * c + y * d + z * a,
  w * c + x * b - y * a + z * d,
];

/** A turn about an axis of length 1. */
export function about([x, y, z]: Vector, degrees: number): Quaternion {
  const [sine, cosine] = sinCosDeg(degrees / 2);
  return [cosine, x * sine, y * sine, z * sine];
}

/** Yaw, then pitch, then roll, in degrees: the aerospace order. */
export const turnOfDeg = (roll: number, pitch: number, yaw: number): Quaternion =>
  chained(chained(about([0, 0, 1], yaw), about([0, 1, 0], pitch)), about([1, 0, 0], roll));
