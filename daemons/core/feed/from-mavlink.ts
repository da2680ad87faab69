/** MAVLink's messages of position, attitude, wind and time (mavlink.io, common and ardupilotmega) as observations. */
import type { Message, Value } from '../mavlink/decode.ts';
import type { Observation } from './observation.ts';
import { turnOf, unit } from './turn.ts';
import { isWind, motionFrom } from './wind.ts';

const notTold = 65_535;
const radPerCentidegree = Math.PI / 18_000;
/** GPS_FIX_TYPE_3D_FIX. */
const fix3d = 3;
/** One sigma of a receiver at a dilution of 1, m: between the 1.5 and 2.5 m of receivers without corrections. */
const perDilutionM = 2;
/** GIMBAL_DEVICE_FLAGS: YAW_LOCK, YAW_IN_VEHICLE_FRAME, YAW_IN_EARTH_FRAME. */
const [yawLock, inVehicle, inEarth] = [16, 32, 64];
/** Standard uncertainties of what tells none itself: of a gimbal in degrees, of an autopilot's estimate of wind in m/s. */
const typical = { mountDeg: 3, gimbalDeg: 2, windMs: 1.5 } as const;

type Fields = Message['fields'];
const num = (fields: Fields, name: string): number => Number(fields[name] ?? Number.NaN);
const list = (value: Value | undefined): readonly number[] => (Array.isArray(value) ? value.map(Number) : []);

/** Null for a message that says nothing of these. */
export function observed({ name, fields }: Message): Observation | null {
  return readers[name]?.(fields) ?? null;
}

const readers: Readonly<Record<string, (fields: Fields) => Observation | null>> = {
  GLOBAL_POSITION_INT: (f) => {
    const [lat, lon] = [num(f, 'lat') / 1e7, num(f, 'lon') / 1e7];
    if (!isPlace(lat, lon)) return { kind: 'nonsense', of: 'position', why: `latitude ${lat}, longitude ${lon}` };
    return {
      kind: 'position',
      bootMs: num(f, 'time_boot_ms'),
      lat,
      lon,
      altM: num(f, 'alt') / 1000,
      aboveHomeM: num(f, 'relative_alt') / 1000,
      velocity: { north: num(f, 'vx') / 100, east: num(f, 'vy') / 100, up: -num(f, 'vz') / 100 },
      u: null,
    };
  },
  GPS_RAW_INT: (f) => ({ kind: 'gnss', has3d: num(f, 'fix_type') >= fix3d, u: accuracyOf(f) }),
  ATTITUDE: (f) => {
    const q = unit(turnOf(num(f, 'roll'), num(f, 'pitch'), num(f, 'yaw')));
    if (!q) return { kind: 'nonsense', of: 'attitude', why: 'an angle is no number' };
    return { kind: 'attitude', bootMs: num(f, 'time_boot_ms'), q };
  },
  // Pointing: a is pitch, b roll, c yaw against the nose, centidegrees.
  MOUNT_STATUS: (f) => {
    const [pitch, roll, yaw] = ['pointing_a', 'pointing_b', 'pointing_c'].map((one) => num(f, one) * radPerCentidegree);
    const q = unit(turnOf(roll ?? 0, pitch ?? 0, yaw ?? 0));
    return q && { kind: 'gimbal', bootMs: null, q, yawFrom: 'vehicle', uDeg: typical.mountDeg };
  },
  GIMBAL_DEVICE_ATTITUDE_STATUS: (f) => {
    const [q, failures, flags] = [unit(list(f.q)), num(f, 'failure_flags'), num(f, 'flags')];
    if (failures !== 0) return { kind: 'nonsense', of: 'gimbal', why: `it reports failures, flags ${failures}` };
    if (!q) return { kind: 'nonsense', of: 'gimbal', why: 'its quaternion is none' };
    // Gimbals of the first version set neither frame: then a locked yaw is one against north.
    const toNorth = (flags & inEarth) !== 0 || ((flags & inVehicle) === 0 && (flags & yawLock) !== 0);
    return {
      kind: 'gimbal',
      bootMs: num(f, 'time_boot_ms'),
      q,
      yawFrom: toNorth ? 'north' : 'vehicle',
      uDeg: typical.gimbalDeg,
    };
  },
  // ArduPilot: the direction that wind comes from.
  WIND: (f) => air(motionFrom(num(f, 'direction'), num(f, 'speed')), typical.windMs),
  // PX4: the air's velocity, north and east.
  WIND_COV: (f) => {
    const accuracy = num(f, 'horiz_accuracy');
    const u = accuracy > 0 ? accuracy : Math.sqrt(num(f, 'var_horiz'));
    return air({ north: num(f, 'wind_x'), east: num(f, 'wind_y') }, u > 0 ? u : typical.windMs);
  },
  SYSTEM_TIME: (f) => {
    const wallMs = num(f, 'time_unix_usec') / 1000;
    return wallMs > 0 ? { kind: 'time', bootMs: num(f, 'time_boot_ms'), wallMs } : null;
  },
  VFR_HUD: (f) => ({ kind: 'heading', deg: num(f, 'heading') }),
};

export const isPlace = (lat: number, lon: number): boolean =>
  Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && !(lat === 0 && lon === 0);

export function air(motion: { readonly north: number; readonly east: number }, u: number): Observation {
  if (!isWind(motion))
    return { kind: 'nonsense', of: 'wind', why: `${motion.north} m/s north, ${motion.east} m/s east` };
  return { kind: 'air', ...motion, u };
}

/** The receiver's own estimate where it tells one, else by dilution; null when it tells neither. */
function accuracyOf(f: Fields): { horizontalM: number; verticalM: number } | null {
  const [h, v, hdop, vdop] = ['h_acc', 'v_acc', 'eph', 'epv'].map((one) => num(f, one));
  if (h && v) return { horizontalM: h / 1000, verticalM: v / 1000 };
  if (!hdop || hdop === notTold) return null;
  const vertical = vdop && vdop !== notTold ? vdop : 1.5 * hdop;
  return { horizontalM: (hdop / 100) * perDilutionM, verticalM: (vertical / 100) * perDilutionM };
}
