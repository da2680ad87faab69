/** From a pixel to a place on the ground, with how sure that is; or why there is none. Pure. */
import type { Vector } from '../../core/geo/ellipsoid.ts';
import { type Metres, metresTo, type Spot, spotAt } from '../../core/geo/local.ts';
import { type Covariance, circleHolding, outer, summed } from './covariance.ts';
import { directionOf, type Plane } from './lens.ts';
import { type Looking, lookingAt, type NoPose, type Scene } from './scene.ts';
import { type Eye, meet, type NoGround } from './terrain.ts';
import { about, turned } from './turning.ts';

/** Each is something a person can change, or wait for. */
export type Unplaced = NoPose | NoGround | 'outside-lens' | 'outside-picture' | 'too-unsure';

export interface Placed extends Spot {
  /** Metres from the ground under the camera. */
  readonly rangeM: number;
  readonly covariance: Covariance;
  /** Radius that holds the true place nine times in ten. */
  readonly ceM: number;
  /** Standard deviation by cause, as the root of the trace: what to mend first. */
  readonly parts: Readonly<Record<string, number>>;
}

export const isPlaced = (one: Placed | Unplaced): one is Placed => typeof one !== 'string';

/** One look: what of a scene all of its pixels share. */
export interface Look {
  readonly scene: Scene;
  readonly looking: Looking;
}

export function lookOf(scene: Scene): Look | NoPose {
  const looking = lookingAt(scene, scene.monoNs);
  return typeof looking === 'string' ? looking : { scene, looking };
}

/** Metres north and east of the camera; without how sure. */
export function groundOf({ scene, looking }: Look, pixel: Plane): Metres | Unplaced {
  const { lens } = scene.camera;
  if (!(pixel[0] >= 0 && pixel[1] >= 0 && pixel[0] <= lens.width && pixel[1] <= lens.height)) return 'outside-picture';
  const direction = directionOf(lens, pixel);
  if (!direction) return 'outside-lens';
  return meet(scene.ground, looking.eye, looking.sight(direction), scene.most.rangeM);
}

/** `extraPx`: standard uncertainty of this pixel beside the camera's own. */
export function locate(look: Look, pixel: Plane, extraPx = 0): Placed | Unplaced {
  const { scene, looking } = look;
  const at = groundOf(look, pixel);
  if (typeof at === 'string') return at;
  const parts = causes(look, pixel, at, extraPx);
  if (!parts) return 'too-unsure';
  const covariance = summed(parts.map(([, one]) => one));
  const ceM = circleHolding(covariance);
  // The negation holds for what is no number too.
  if (!(ceM <= scene.most.ceM)) return 'too-unsure';
  const byCause: Record<string, number> = {};
  for (const [name, { nn, ee }] of parts) byCause[name] = Math.sqrt((byCause[name] ?? 0) ** 2 + nn + ee);
  return { ...spotAt(looking.eye, at), rangeM: Math.sqrt(at[0] ** 2 + at[1] ** 2), covariance, ceM, parts: byCause };
}

type Cause = readonly [name: string, covariance: Covariance];

/** How the place moves when each input is off by one standard uncertainty; null when one of them looks past the ground. */
function causes(look: Look, pixel: Plane, at: Metres, extraPx: number): readonly Cause[] | null {
  const { scene, looking } = look;
  const { camera } = scene;
  const direction = directionOf(camera.lens, pixel);
  if (!direction) return null;
  const { u, eye } = looking;
  const meets = (from: Eye, sight: Vector): Metres | null => {
    const met = meet(scene.ground, from, sight, Number.POSITIVE_INFINITY);
    return typeof met === 'string' ? null : met;
  };
  const straight = looking.sight(direction);
  const halfWay = (plus: Metres | null, minus: Metres | null): Covariance | null =>
    plus && minus ? outer([(plus[0] - minus[0]) / 2, (plus[1] - minus[1]) / 2]) : null;
  const tipped = (axis: Vector, degrees: number): Covariance | null =>
    halfWay(meets(eye, turned(about(axis, degrees), straight)), meets(eye, turned(about(axis, -degrees), straight)));
  const apart = (to: Metres | null): Covariance | null => to && outer([to[0] - at[0], to[1] - at[1]]);
  const bentBy = (dx: number, dy: number): Covariance | null => {
    const seen = (sign: 1 | -1): Metres | null =>
      meets(eye, looking.sight([direction[0] + sign * dx, direction[1] + sign * dy, 1]));
    return halfWay(seen(1), seen(-1));
  };
  const px = Math.hypot(camera.u.centrePx, camera.u.sightPx, extraPx);
  const found: readonly (readonly [string, Covariance | null])[] = [
    ['attitude', tipped([1, 0, 0], u.turnDeg)],
    ['attitude', tipped([0, 1, 0], u.turnDeg)],
    ['attitude', tipped([0, 0, 1], Math.hypot(u.turnDeg, u.yawDeg))],
    // Upwards only: so uncertain a height may reach below the ground.
    ['height', apart(meets({ ...eye, heightM: eye.heightM + u.verticalM }, straight))],
    ['gnss', { nn: u.axisM ** 2, ne: 0, ee: u.axisM ** 2 }],
    ['lens', bentBy(direction[0] * camera.u.focal, direction[1] * camera.u.focal)],
    ['lens', bentBy(px / camera.lens.fx, 0)],
    ['lens', bentBy(0, px / camera.lens.fy)],
    ['sync', moving(look, pixel, at)],
  ];
  const known = found.flatMap(([name, one]): Cause[] => (one ? [[name, one]] : []));
  return known.length === found.length ? known : null;
}

/** What a stamp that is off does: the camera was elsewhere, and looked elsewhere. */
function moving({ scene, looking }: Look, pixel: Plane, at: Metres): Covariance | null {
  const { syncMs } = scene.camera.u;
  if (syncMs === 0) return outer([0, 0]);
  const shifts = ([-1, 1] as const).flatMap((sign): Metres[] => {
    const then = lookingAt(scene, scene.monoNs + sign * syncMs * 1e6);
    if (typeof then === 'string') return [];
    const seen = groundOf({ scene, looking: then }, pixel);
    if (typeof seen === 'string') return [];
    const spot = spotAt(then.eye, seen);
    const [n, e] = metresTo(looking.eye, spot);
    return [[n - at[0], e - at[1]]];
  });
  if (shifts.length === 0) return null;
  const each = shifts.map((one) => outer(one, 1 / shifts.length));
  return summed(each);
}
