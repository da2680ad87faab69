/** What the drone tells of itself, as observations for the feed. DJI states no uncertainty of any of it. */
import { air, isPlace } from '../core/feed/from-mavlink.ts';
import type { Observation } from '../core/feed/observation.ts';
import { turnOf, unit } from '../core/feed/turn.ts';
import { motionFrom } from '../core/feed/wind.ts';
import type { DjiWiring } from './config.ts';
import { gimbalProperties } from './properties.ts';
import { type Found, isObject, propertiesIn } from './read.ts';

const radPerDegree = Math.PI / 180;
/** Of eight directions each is good to a half of 45 degrees: the standard deviation of a uniform one. */
const sectorRad = (45 / Math.sqrt(12)) * radPerDegree;
/** As of an autopilot that states none: "some margin of error ... not meteorological data" (M3D properties, wind_speed). */
const windUMs = 1.5;
/** A mount's, degrees, as of those that state none. */
const gimbalUDeg = 3;

export function poseIn(
  { values }: Found,
  data: Readonly<Record<string, unknown>>,
  { geoidM, gimbal }: Pick<DjiWiring, 'geoidM' | 'gimbal'>,
): readonly Observation[] {
  const number = (path: string): number => Number(values[path] ?? Number.NaN);
  const has = (...paths: readonly string[]): boolean => paths.every((path) => values[path] !== undefined);
  const seen: Observation[] = [];
  // Where the receiver has nothing, position_state.quality is 0 and the place 0, 0 (the documentation's example of a drone indoors).
  if (has('position_state.quality'))
    seen.push({ kind: 'gnss', has3d: number('position_state.quality') !== 0, u: null });
  if (has('latitude', 'longitude', 'height')) {
    const [lat, lon] = [number('latitude'), number('longitude')];
    if (isPlace(lat, lon))
      seen.push({
        ...{ kind: 'position', bootMs: null, lat, lon, velocity: null, u: null, unvouched: true },
        // `height` is above the ellipsoid, `elevation` above the place of take-off.
        altM: geoidM === undefined ? null : number('height') - geoidM,
        aboveHomeM: has('elevation') ? number('elevation') : null,
      });
  }
  if (has('attitude_roll', 'attitude_pitch', 'attitude_head')) {
    const q = turnIn(number('attitude_roll'), number('attitude_pitch'), number('attitude_head'));
    if (q) seen.push({ kind: 'attitude', bootMs: null, q, unvouched: true });
  }
  const mounted = gimbal && gimbalIn(data, gimbal);
  if (mounted) seen.push(mounted);
  const direction = number('wind_direction');
  // 1 is north, then clockwise by 45 degrees; taken as where the wind comes from, as meteorology names it: DJI does not say.
  if (has('wind_speed') && direction >= 1 && direction <= 8) {
    const speed = number('wind_speed');
    seen.push(air(motionFrom((direction - 1) * 45, speed), Math.hypot(windUMs, speed * Math.tan(sectorRad))));
  }
  return seen;
}

const turnIn = (rollDeg: number, pitchDeg: number, yawDeg: number) =>
  unit(turnOf(rollDeg * radPerDegree, pitchDeg * radPerDegree, yawDeg * radPerDegree));

function gimbalIn(
  data: Readonly<Record<string, unknown>>,
  { payload, yawFrom }: NonNullable<DjiWiring['gimbal']>,
): Observation | null {
  const own = data[payload];
  if (!isObject(own)) return null;
  const { gimbal_roll: roll, gimbal_pitch: pitch, gimbal_yaw: yaw } = propertiesIn(own, gimbalProperties).values;
  if (roll === undefined || pitch === undefined || yaw === undefined) return null;
  const q = turnIn(Number(roll), Number(pitch), Number(yaw));
  return q && { kind: 'gimbal', bootMs: null, q, yawFrom, uDeg: gimbalUDeg, unvouched: true };
}
