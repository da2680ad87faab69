/** The last seconds of a value, and what it is at an instant: between fixes, a little beyond the last, or not known. */
import type { Aged, AttitudeFix, GimbalFix, Pose, PositionFix } from '../values/pose.ts';
import { moved, offsetM } from './place.ts';
import { between, halfAround, turnDegBetween } from './turn.ts';

export interface Held<T> {
  readonly segment: number;
  readonly fix: T;
}
export type Track<T> = readonly Held<T>[];

export interface Reach {
  /** Longest hole between two fixes that is bridged, and longest time beyond the last one, in ns. */
  readonly holeNs: number;
  readonly beyondNs: number;
}

/** A hovering or cruising drone; both are ours and wide. */
export const reach: Reach = { holeNs: 2e9, beyondNs: 1.5e9 };
/** What a multicopter may do that nobody tells, 1 s: m/s^2 of acceleration, m/s where no velocity is known, degrees/s^2. */
const unknown = { accelerationMs2: 3, speedMs: 15, turnDegS2: 60, turnDegS: 90 } as const;
/** How much of a track is kept, in ns and in fixes: 10 s at 50 Hz. */
const keptNs = 10e9;
const mostFixes = 500;

export function held<T extends { readonly monoNs: number }>(track: Track<T>, next: Held<T>): Track<T> {
  const from = next.fix.monoNs - keptNs;
  return [...track.filter(({ fix }) => fix.monoNs > from), next].slice(-mostFixes);
}

interface Around<T> {
  readonly before: T;
  /** Null when the instant lies beyond the last fix of the segment. */
  readonly after: T | null;
  /** The fix before `before` in its segment, for a rate. */
  readonly earlier: T | null;
}

function aroundOf<T extends { readonly monoNs: number }>(
  track: Track<T>,
  monoNs: number,
  { holeNs, beyondNs }: Reach,
): Around<T> | null {
  const i = track.findLastIndex(({ fix }) => fix.monoNs <= monoNs);
  const [before, after, earlier] = [track[i], track[i + 1], track[i - 1]];
  if (!before) return null;
  const same = (one: Held<T> | undefined): T | null => (one?.segment === before.segment ? one.fix : null);
  const next = same(after);
  if (next && next.monoNs - before.fix.monoNs <= holeNs)
    return { before: before.fix, after: next, earlier: same(earlier) };
  // Where a fix of the future says that it went on otherwise, nothing is said of the time between.
  if (after && monoNs !== before.fix.monoNs) return null;
  return monoNs - before.fix.monoNs <= beyondNs ? { before: before.fix, after: null, earlier: same(earlier) } : null;
}

const ifBoth = (a: number | null, b: number | null, of: (a: number, b: number) => number): number | null =>
  a === null || b === null ? null : of(a, b);

const root = (...parts: readonly number[]): number => Math.hypot(...parts);

/** Null: before the first fix, across a jump or a long hole, or too far beyond the last. */
export function positionAt(track: Track<PositionFix>, monoNs: number, within = reach): Aged<PositionFix> | null {
  const found = aroundOf(track, monoNs, within);
  if (!found) return null;
  const { before, after } = found;
  const sinceS = (monoNs - before.monoNs) / 1e9;
  if (after) {
    const holeS = (after.monoNs - before.monoNs) / 1e9;
    const t = sinceS / holeS;
    const { north, east } = offsetM(before, after);
    const part = (a: number, b: number): number => a + t * (b - a);
    // The furthest that a constant acceleration bends from the straight line at this part of it.
    const bend = (unknown.accelerationMs2 * sinceS * (holeS - sinceS)) / 2;
    return {
      ...before,
      ...moved(before, north * t, east * t),
      monoNs,
      altM: ifBoth(before.altM, after.altM, part),
      aboveHomeM: ifBoth(before.aboveHomeM, after.aboveHomeM, part),
      velocity:
        before.velocity && after.velocity
          ? {
              north: part(before.velocity.north, after.velocity.north),
              east: part(before.velocity.east, after.velocity.east),
              up: part(before.velocity.up, after.velocity.up),
            }
          : null,
      uHorizontalM: root(Math.max(before.uHorizontalM, after.uHorizontalM), bend),
      uVerticalM: root(Math.max(before.uVerticalM, after.uVerticalM), bend),
      ageMs: Math.min(sinceS, holeS - sinceS) * 1000,
    };
  }
  const { velocity } = before;
  const drift = velocity ? (unknown.accelerationMs2 * sinceS ** 2) / 2 : unknown.speedMs * sinceS;
  const up = (velocity?.up ?? 0) * sinceS;
  return {
    ...before,
    ...moved(before, (velocity?.north ?? 0) * sinceS, (velocity?.east ?? 0) * sinceS),
    monoNs,
    altM: before.altM === null ? null : before.altM + up,
    aboveHomeM: before.aboveHomeM === null ? null : before.aboveHomeM + up,
    uHorizontalM: root(before.uHorizontalM, drift),
    uVerticalM: root(before.uVerticalM, drift),
    ageMs: sinceS * 1000,
  };
}

/** As `positionAt`, for attitude and gimbal. Beyond the last fix the last rate goes on, less and less surely. */
export function attitudeAt<T extends AttitudeFix>(track: Track<T>, monoNs: number, within = reach): Aged<T> | null {
  const found = aroundOf(track, monoNs, within);
  if (!found) return null;
  const { before, after, earlier } = found;
  const sinceS = (monoNs - before.monoNs) / 1e9;
  if (after) {
    const holeS = (after.monoNs - before.monoNs) / 1e9;
    return {
      ...before,
      monoNs,
      q: between(before.q, after.q, sinceS / holeS),
      uDeg: root(Math.max(before.uDeg, after.uDeg), (unknown.turnDegS2 * sinceS * (holeS - sinceS)) / 2),
      ageMs: Math.min(sinceS, holeS - sinceS) * 1000,
    };
  }
  const stepS = earlier ? (before.monoNs - earlier.monoNs) / 1e9 : 0;
  const hasRate = earlier !== null && stepS > 0 && stepS <= within.holeNs / 1e9;
  const drift = hasRate ? (unknown.turnDegS2 * sinceS * (sinceS + stepS)) / 2 : unknown.turnDegS * sinceS;
  return {
    ...before,
    monoNs,
    q: hasRate ? between(earlier.q, before.q, 1 + sinceS / stepS) : before.q,
    uDeg: Math.min(180, root(before.uDeg, drift)),
    ageMs: sinceS * 1000,
  };
}

/** No multicopter is faster, m/s; none turns faster, degrees/s. */
const fastest = { speedMs: 60, turnDegS: 500 } as const;
/** What a fix may be beside its own uncertainty: steps of an estimator's correction. */
const slack = { metres: 5, degrees: 15 } as const;

export function canMove(a: PositionFix, b: PositionFix): boolean {
  const reachM =
    (fastest.speedMs * (b.monoNs - a.monoNs)) / 1e9 + 3 * root(a.uHorizontalM, b.uHorizontalM) + slack.metres;
  const { north, east } = offsetM(a, b);
  const up =
    ifBoth(a.altM, b.altM, (from, to) => to - from) ?? ifBoth(a.aboveHomeM, b.aboveHomeM, (from, to) => to - from);
  return Math.hypot(north, east, up ?? 0) <= reachM;
}

/** By the whole turn, not by yaw: at the pole of the frame yaw and roll flip while nothing moves. */
export const canTurn = (a: AttitudeFix, b: AttitudeFix): boolean =>
  turnDegBetween(a.q, b.q) <=
  (fastest.turnDegS * (b.monoNs - a.monoNs)) / 1e9 + 3 * root(a.uDeg, b.uDeg) + slack.degrees;

export interface Tracks {
  readonly position: Track<PositionFix>;
  readonly attitude: Track<AttitudeFix>;
  readonly gimbal: Track<GimbalFix>;
}

/** Everything at one instant of the box's monotonic clock. */
export const poseAt = ({ position, attitude, gimbal }: Tracks, monoNs: number, within = reach): Pose => ({
  monoNs,
  position: positionAt(position, monoNs, within),
  attitude: attitudeAt(attitude, monoNs, within),
  gimbal: attitudeAt(gimbal, monoNs, within),
});

export const yawApart = (aDeg: number, bDeg: number): number => Math.abs(halfAround(aDeg - bDeg));
