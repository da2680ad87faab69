/**
 * The alerts that a failed check would put in doubt: of each part, those since its last good check or adjustment. Kept on the box,
 * because alerts leave it once they are delivered. Plain JSON, committed with the alerts themselves, each under a key of its
 * own: an alert that goes on costs the card no more than its own entry (see `kept-book.ts`).
 */

import type { Judged } from '../core/calibration/judge.ts';
import type { CalibrationRecord } from '../core/ports/calibrations.ts';
import { mostKept } from '../core/spool/kept-alerts.ts';
import type { Alert } from '../core/values/alert.ts';
import { certaintyOf } from '../core/values/claims.ts';
import { joinFlags } from '../core/values/flags.ts';
import { asFound, doubtOf, type Found } from './doubt.ts';
import type { Said } from './sensor-event.ts';

/** One alert: its latest revision, and the parts that it rests on and that no good check has cleared, by `partOf`. */
export interface Entry {
  /** Counts entries from 0. */
  readonly number: number;
  readonly alert: Alert;
  readonly on: readonly string[];
}

export interface AlertBook {
  /** The newest, oldest first. */
  readonly entries: readonly Entry[];
  /** Number of the entry that comes next. */
  readonly next: number;
  /** How many older ones rest on a part and are held no more: counted in the event, and not revised. */
  readonly gone: Readonly<Record<string, number>>;
}

export const emptyBook: AlertBook = { entries: [], next: 0, gone: {} };

/** As many as there are keys for. */
export const mostEntries = mostKept;

/** A part is what the serial number says, not the place where it is plugged in. */
const partOf = (sensor: string, quantity: string, serial: string): string => `${sensor}/${quantity}/${serial}`;

/** Serial number of each sensor, as the board says. */
export type Serials = ReadonlyMap<string, string>;

const partsOf = ({ because }: Alert, serials: Serials): string[] =>
  because.evidence
    .filter(({ calibration }) => calibration !== null)
    .map(({ sensor, quantity }) => partOf(sensor, quantity, serials.get(sensor) ?? ''));

/** Writes down what was raised, and what became of it; alerts that rest on no calibration are passed over. */
export function noted({ entries, next, gone }: AlertBook, alerts: readonly Alert[], serials: Serials): AlertBook {
  const all = [...entries];
  let number = next;
  for (const alert of alerts) {
    const at = all.findIndex((one) => one.alert.id === alert.id);
    const known = all[at];
    const on = [...new Set([...(known?.on ?? []), ...partsOf(alert, serials)])];
    if (on.length === 0) continue;
    if (known) all[at] = { number: known.number, alert, on };
    else all.push({ number: number++, alert, on });
  }
  const kept = all.filter((one) => one.number >= number - mostEntries);
  const counts = { ...gone };
  for (const { on } of all.slice(0, all.length - kept.length))
    for (const one of on) counts[one] = (counts[one] ?? 0) + 1;
  return { entries: kept, next: number, gone: counts };
}

export interface Doubted {
  readonly book: AlertBook;
  /** The next revision of each alert in doubt. */
  readonly alerts: readonly Alert[];
  /** Tells of the record, whatever it says. */
  readonly event: Said;
}

/**
 * What a record changes about the alerts before it. A good check or adjustment clears its part from the book. One that found the
 * part wrong gives every alert that rests on it its next revision with the flag `check-failed` and the reason, and an event that
 * lists them. `all` are the box's records: they tell since when nobody knows better.
 */
export function doubted(book: AlertBook, record: CalibrationRecord, held: Found): Doubted {
  const { sensor, quantity, serial } = record;
  const part = partOf(sensor, quantity, serial);
  const found = asFound(record, held);
  if (record.record === 'bump' || found?.verdict !== 'failed')
    return { book: found ? without(book, part) : book, alerts: [], event: recordEvent(record, found) };
  const doubt = doubtOf(record, held);
  const isSame = (one: typeof doubt): boolean => partOf(one.sensor, one.quantity, one.serial) === part;
  const marked = (alert: Alert): Alert => {
    const flags = joinFlags(alert.flags, ['check-failed']);
    const doubts = [...(alert.doubts ?? []).filter((one) => !isSame(one)), doubt];
    return { ...alert, rev: alert.rev + 1, flags, certainty: certaintyOf(alert.certainty, flags), doubts };
  };
  const entries = book.entries.map((one) => (one.on.includes(part) ? { ...one, alert: marked(one.alert) } : one));
  const alerts = entries.filter(({ on }) => on.includes(part)).map(({ alert }) => alert);
  const event = foundWrong(record, { reasons: found.reasons, alerts, gone: book.gone[part] ?? 0, doubt });
  return { book: without({ ...book, entries }, part), alerts, event };
}

function foundWrong(
  record: CalibrationRecord,
  about: {
    readonly reasons: readonly string[];
    readonly alerts: readonly Alert[];
    readonly gone: number;
    readonly doubt: ReturnType<typeof doubtOf>;
  },
): Said {
  const { reasons, alerts, gone, doubt } = about;
  const name = `${record.sensor}/${record.quantity}`;
  const { lastGood } = doubt;
  const since = lastGood
    ? `since it was last known to be right (${lastGood.record}, ${new Date(lastGood.atMs).toISOString()})`
    : 'so far (no good check or adjustment of it is on record)';
  const older = gone === 0 ? '' : `; ${gone} older ones rest on it too, which the box holds no more and cannot mark`;
  return {
    type: 'check-failed',
    severity: 'warning',
    message: `${name} (serial ${record.serial}): was found wrong: ${reasons.join('; ')}. Alerts that rest on it ${since}: ${alerts.length}, all marked${older}`,
    detail: { part: name, serial: record.serial, record, reasons, lastGood, alerts: alerts.map(({ id }) => id), gone },
  };
}

/** Entries without the part; those that rest on nothing else are over. */
function without({ entries, next, gone }: AlertBook, part: string): AlertBook {
  const left = entries
    .map((one) => (one.on.includes(part) ? { ...one, on: one.on.filter((other) => other !== part) } : one))
    .filter(({ on }) => on.length > 0);
  const { [part]: _known, ...others } = gone;
  return { entries: left, next, gone: others };
}

const names = { adjustment: 'was adjusted', check: 'was checked', bump: 'was bumped' } as const;

function recordEvent(record: CalibrationRecord, found: Judged | null): Said {
  const { sensor, quantity, serial } = record;
  return {
    type: `${record.record}-made`,
    severity: record.record === 'bump' && record.verdict === 'failed' ? 'warning' : 'info',
    message: `${sensor}/${quantity} (serial ${serial}) ${names[record.record]}${found && record.record === 'check' ? ', and shows what was applied' : ''}`,
    detail: { part: `${sensor}/${quantity}`, serial, record },
  };
}
