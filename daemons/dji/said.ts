/** What a DJI dock tells, as events for the record: the operator far away reads the same words as the technician beside it. */
import type { BoxEvent } from '../core/values/envelope.ts';
import type { Readiness } from '../core/values/readiness.ts';
import type { Warning } from './hms.ts';
import { type Property, wordFor } from './properties.ts';
import { isObject, numberOf, type Value } from './read.ts';
import type { Turn } from './status.ts';

export type DjiEvent = Omit<BoxEvent, 'at'>;
type Data = Readonly<Record<string, unknown>>;

export const event = (
  type: string,
  severity: BoxEvent['severity'],
  message: string,
  detail: Readonly<Record<string, unknown>> = {},
): DjiEvent => ({ type: `dji-${type}`, severity, message, detail });

/** Changes of these are told; the rest goes into telemetry and readiness. */
const toldOf: Readonly<Record<'dock' | 'drone', Readonly<Record<string, string>>>> = {
  dock: {
    mode_code: 'the dock',
    cover_state: 'its cover',
    drone_in_dock: 'the drone',
    emergency_stop_state: 'the emergency stop',
    alarm_state: 'the alarm',
    flighttask_step_code: 'the task',
    'drone_charge_state.state': 'the charger',
    'position_state.is_fixed': 'the place',
  },
  drone: { mode_code: 'the drone' },
};

/** Null: nothing changed that is told of. */
export function turnsEvent(
  from: 'dock' | 'drone',
  turns: readonly Turn[],
  table: Readonly<Record<string, Property>>,
): DjiEvent | null {
  const told = turns.filter(({ path }) => toldOf[from][path] !== undefined);
  if (told.length === 0) return null;
  const say = (path: string, value: Value): string => {
    const property = table[path];
    return property?.is === 'choice' && typeof value === 'number' ? wordFor(property.words, value) : String(value);
  };
  const text = told.map(({ path, from: was, to }) => {
    const before = was === null ? '' : `, it was ${say(path, was)}`;
    return `${toldOf[from][path]} is ${say(path, to)}${before}`;
  });
  const grave = told.some(
    ({ path, to }) => (path === 'emergency_stop_state' && to !== 0) || (path === 'cover_state' && to === 3),
  );
  return event(`${from}-state`, grave ? 'warning' : 'info', text.join('; '), { turns: told });
}

const severities: Readonly<Record<number, BoxEvent['severity']>> = { 0: 'info', 1: 'warning', 2: 'error' };

export const raisedEvent = (one: Warning): DjiEvent =>
  event(
    'hms',
    severities[one.level ?? -1] ?? 'warning',
    `DJI: ${one.words ?? 'a code without words here'} (${one.code}, level ${one.level ?? 'not told'})`,
    { ...one },
  );

export const endedEvent = (one: Warning): DjiEvent =>
  event('hms-ended', 'info', `DJI tells ${one.code} no more${one.words === null ? '' : `: ${one.words}`}`, { ...one });

export const readinessEvent = ({ ready, reasons }: Readiness): DjiEvent =>
  event(
    'readiness',
    'info',
    ready ? 'the drone could fly' : `the drone could not fly: ${reasons.map(({ why }) => why).join('; ')}`,
    { ready, reasons },
  );

const short = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 512) : null);
const part = (of: unknown, key: string): Data => {
  const found = isObject(of) && Object.hasOwn(of, key) ? of[key] : null;
  return isObject(found) ? found : {};
};

/** A file of a drone that was uploaded (Cloud-API-Doc, "File / Media file upload result report"). The file itself is elsewhere. */
export function mediaEvent(data: Data): DjiEvent {
  const file = part(data, 'file');
  const [ext, metadata] = [part(file, 'ext'), part(file, 'metadata')];
  const shot = part(metadata, 'shoot_position');
  const name = short(file.name);
  return event('media', 'info', `a file of the drone was uploaded: ${name ?? 'its name is not told'}`, {
    ...{ name, path: short(file.path), objectKey: short(file.object_key), flight: short(ext.flight_id) },
    // As DJI writes it: the documentation's format has no time zone.
    shotAt: short(metadata.create_time),
    ...{ lat: numberOf(shot.lat), lon: numberOf(shot.lng) },
    // What it is above is not documented.
    absoluteM: numberOf(metadata.absolute_altitude),
    aboveHomeM: numberOf(metadata.relative_altitude),
    gimbalYawDeg: numberOf(metadata.gimbal_yaw_degree),
  });
}
