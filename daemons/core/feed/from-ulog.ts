/** PX4's topics (docs.px4.io, "uORB Message Reference") as observations; older and newer names of wind alike. */
import type { Sample } from '../ulog/ulog.ts';
import { air, isPlace } from './from-mavlink.ts';
import type { Observation } from './observation.ts';
import { unit } from './turn.ts';

/** What `readUlog` is to be asked for. */
export const ulogTopics: ReadonlySet<string> = new Set([
  'vehicle_global_position',
  'vehicle_attitude',
  'vehicle_gps_position',
  'wind_estimate',
  'wind',
]);

/** Null for another topic, and for a second instance of one. */
export function observedInUlog({ topic, instance, timeUs, values }: Sample): Observation | null {
  if (instance !== 0) return null;
  const bootMs = timeUs / 1000;
  const num = (...names: readonly string[]): number =>
    Number(names.map((name) => values[name]).find((one) => typeof one === 'number') ?? Number.NaN);
  switch (topic) {
    case 'vehicle_global_position': {
      const [lat, lon] = [num('lat'), num('lon')];
      if (!isPlace(lat, lon)) return { kind: 'nonsense', of: 'position', why: `latitude ${lat}, longitude ${lon}` };
      const [north, east, up] = [num('vel_n'), num('vel_e'), -num('vel_d')];
      const [horizontalM, verticalM] = [num('eph'), num('epv')];
      return {
        kind: 'position',
        bootMs,
        lat,
        lon,
        altM: num('alt'),
        aboveHomeM: null,
        velocity: Number.isFinite(north + east + up) ? { north, east, up } : null,
        u: horizontalM > 0 && verticalM > 0 ? { horizontalM, verticalM } : null,
      };
    }
    case 'vehicle_gps_position': {
      const [horizontalM, verticalM] = [num('eph'), num('epv')];
      const u = horizontalM > 0 && verticalM > 0 ? { horizontalM, verticalM } : null;
      return { kind: 'gnss', has3d: num('fix_type') >= 3, u };
    }
    case 'vehicle_attitude': {
      const q = unit(Array.isArray(values.q) ? values.q : []);
      return q ? { kind: 'attitude', bootMs, q } : { kind: 'nonsense', of: 'attitude', why: 'its quaternion is none' };
    }
    case 'wind_estimate':
    case 'wind': {
      const variance = (num('variance_north', 'covariance_north') + num('variance_east', 'covariance_east')) / 2;
      return air(
        { north: num('windspeed_north'), east: num('windspeed_east') },
        variance > 0 ? Math.sqrt(variance) : 1.5,
      );
    }
    default:
      return null;
  }
}
