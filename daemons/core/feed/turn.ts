/** Turns as unit quaternions: no pole, no +-180, so that interpolation and "how far apart" need no special cases. */
import type { Angles, Quaternion } from '../values/pose.ts';

const degPerRad = 180 / Math.PI;

/** Degrees into [0, 360). */
export const around = (degrees: number): number => (((degrees % 360) + 360) % 360) % 360;
/** Degrees, or a difference of them, into [-180, 180). */
export const halfAround = (degrees: number): number => around(degrees + 180) - 180;

/** From aerospace angles (yaw, then pitch, then roll) in radians. */
export function turnOf(roll: number, pitch: number, yaw: number): Quaternion {
  const [cr, sr, cp, sp] = [Math.cos(roll / 2), Math.sin(roll / 2), Math.cos(pitch / 2), Math.sin(pitch / 2)];
  const [cy, sy] = [Math.cos(yaw / 2), Math.sin(yaw / 2)];
  return [
    cr * cp * cy + sr * sp * sy,
    sr * cp * cy - cr * sp * sy,
    cr * sp * cy + sr * cp * sy,
    cr * cp * sy - sr * sp * cy,
  ];
}

/** A quaternion of length 1, or null when it is none: not finite, or far from length 1. */
export function unit(q: readonly number[]): Quaternion | null {
  const [w = Number.NaN, x = Number.NaN, y = Number.NaN, z = Number.NaN] = q;
  const length = Math.hypot(w, x, y, z);
  return length > 0.9 && length < 1.1 ? [w / length, x / length, y / length, z / length] : null;
}

/** Straight down or up, yaw and roll are one turn: it is given as yaw, and roll as 0. */
export function anglesOf([w, x, y, z]: Quaternion): Angles {
  const sinPitch = Math.max(-1, Math.min(1, 2 * (w * y - z * x)));
  if (Math.abs(sinPitch) > 0.999999)
    return {
      rollDeg: 0,
      pitchDeg: 90 * Math.sign(sinPitch),
      yawDeg: around(-2 * Math.sign(sinPitch) * Math.atan2(x, w) * degPerRad),
    };
  return {
    rollDeg: Math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)) * degPerRad,
    pitchDeg: Math.asin(sinPitch) * degPerRad,
    yawDeg: around(Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)) * degPerRad),
  };
}

const dot = (a: Quaternion, b: Quaternion): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];

/** The angle of the one turn that leads from `a` to `b`, 0 to 180 degrees. */
export const turnDegBetween = (a: Quaternion, b: Quaternion): number =>
  2 * Math.acos(Math.min(1, Math.abs(dot(a, b)))) * degPerRad;

/** The turn at part `t` of the shorter way from `a` to `b`; `t` beyond 0 to 1 turns on at the same rate. */
export function between(a: Quaternion, b: Quaternion, t: number): Quaternion {
  const cosine = dot(a, b);
  const sign = cosine < 0 ? -1 : 1;
  const angle = Math.acos(Math.min(1, Math.abs(cosine)));
  const sine = Math.sin(angle);
  const [ka, kb] =
    sine < 1e-9 ? [1 - t, sign * t] : [Math.sin((1 - t) * angle) / sine, (sign * Math.sin(t * angle)) / sine];
  const mixed = a.map((one, i) => ka * one + kb * (b[i] ?? 0));
  return unit(mixed) ?? a;
}
