/**
 * What decides that readings mean something else than before: told in one event, whatever the reason is (an adjustment, another
 * part in the same place, a record that is gone or refused, another factor, compensation or conversion in the board's file, an
 * update). Compared is what is in force now with what was in force when something was last kept.
 */
import { hash } from 'node:crypto';
import { sortedJson } from '../core/calibration/record-seal.ts';
import type { Board } from '../core/config/box.ts';
import type { Calibrations } from '../core/ports/calibrations.ts';
import type { Said } from './sensor-event.ts';

/** What one quantity's readings go through, as plain JSON. */
export interface Meaning {
  readonly part: string;
  readonly serial: string;
  /** Id and hash of the adjustment in force; null where there is none. */
  readonly calibration: { readonly id: string; readonly sha256: string } | null;
  /** Hash of what the board's file says of the sensor and of the quantity: driver options, factors, tables, channel. */
  readonly conversion: string;
}

/** By `sensor/quantity`. */
export type Meanings = Readonly<Record<string, Meaning>>;

const hashOf = (value: unknown): string => hash('sha256', sortedJson(value ?? null), 'hex');

/** What every quantity of the board goes through. */
export function meaningsOf(board: Board, calibrations: Pick<Calibrations, 'inForce'>): Meanings {
  const sensors = new Map(board.sensors.map((one) => [one.id, one]));
  const quantities = board.quantities.map((quantity) => {
    const sensor = quantity.channel.split('/', 1)[0] ?? '';
    const { part = '', serial = '', options = {} } = sensors.get(sensor) ?? {};
    const record = calibrations.inForce(sensor, serial, quantity.quantity);
    const calibration = record && { id: record.id, sha256: hashOf(record) };
    return [`${sensor}/${quantity.quantity}`, { part, serial, calibration, conversion: hashOf({ options, quantity }) }];
  });
  const elements = board.array.map((element) => {
    const sensor = element.channel.split('/', 1)[0] ?? '';
    const { serial = '', options = {} } = sensors.get(sensor) ?? {};
    const conversion = hashOf({ options, element, climate: board.climate });
    return [`array/${element.quantity}`, { part: element.part, serial, calibration: null, conversion }];
  });
  return Object.fromEntries([...quantities, ...elements]) as Meanings;
}

/** The event that tells what is different; null where nothing is, and at the first start of all. */
export function changeEvent(before: Meanings | null, now: Meanings): Said | null {
  if (before === null) return null;
  const changes = [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((name) => {
    const [was, is] = [before[name] ?? null, now[name] ?? null];
    return sortedJson(was) === sortedJson(is) ? [] : [{ name, was, is, what: whatOf(was, is) }];
  });
  if (changes.length === 0) return null;
  const told = changes.map(({ name, what }) => `${name}: ${what}`);
  return {
    type: 'calibration-changed',
    severity: 'warning',
    message: `from here on readings mean something else than before. ${told.join('. ')}`,
    detail: { changes },
  };
}

function whatOf(was: Meaning | null, is: Meaning | null): string {
  if (was === null) return 'is measured for the first time';
  if (is === null) return 'is not measured any more';
  const parts: string[] = [];
  if (was.serial !== is.serial || was.part !== is.part)
    parts.push(`the part is ${is.part} ${is.serial}, it was ${was.part} ${was.serial}`);
  if (was.calibration?.sha256 !== is.calibration?.sha256)
    parts.push(`its calibration is ${is.calibration?.id ?? 'none'}, it was ${was.calibration?.id ?? 'none'}`);
  if (was.conversion !== is.conversion) parts.push('the file of the board says otherwise how it is converted');
  return parts.join(', ');
}
