/**
 * The alerts that a failed check would put in doubt: of each part, those since its last good check or adjustment. Kept on the box,
 * because alerts leave it once they are delivered. Plain JSON, committed with the alerts themselves.
 */

import { type Judged, judgeCheck } from '../core/calibration/judge.ts';
import type { CalibrationRecord } from '../core/ports/calibrations.ts';
import type { Alert } from '../core/values/alert.ts';
import { certaintyOf } from '../core/values/claims.ts';
import { joinFlags } from '../core/values/flags.ts';
import type { Stamp } from '../core/values/stamp.ts';
import type { Said } from './sensor-event.ts';

/** One alert: its latest revision, and the parts that it rests on and that no good check has cleared, as `sensor/quantity`. */
interface Entry {
  readonly alert: Alert;
  readonly on: readonly string[];
}

export interface AlertBook {
  /** The newest, oldest first. */
  readonly entries: readonly Entry[];
  /** Ids of older ones, with their parts: named in the event, and not revised. */
  readonly older: readonly { readonly id: string; readonly on: readonly string[] }[];
}

export const emptyBook: AlertBook = { entries: [], older: [] };

/** About 1.5 kB an alert: what the box may write with each. */
const mostEntries = 50;
const mostOlder = 1000;

const partsOf = ({ because }: Alert): string[] => [
  ...new Set(
    because.evidence.filter(({ calibration }) => calibration !== null).map((one) => `${one.sensor}/${one.quantity}`),
  ),
];

/** Writes down what was raised, and what became of it; alerts that rest on no calibration are passed over. */
export function noted({ entries, older }: AlertBook, alerts: readonly Alert[]): AlertBook {
  const next = [...entries];
  for (const alert of alerts) {
    const at = next.findIndex((one) => one.alert.id === alert.id);
    const on = [...new Set([...(next[at]?.on ?? []), ...partsOf(alert)])];
    if (on.length === 0) continue;
    if (at >= 0) next[at] = { alert, on };
    else next.push({ alert, on });
  }
  const over = next.splice(0, Math.max(0, next.length - mostEntries));
  return { entries: next, older: [...older, ...over.map(({ alert, on }) => ({ id: alert.id, on }))].slice(-mostOlder) };
}

/** What a record says of the time before it: `passed`, `failed`, or null where it says nothing (a bump). */
export function asFound(record: CalibrationRecord, tolerance: number): Judged | null {
  if (record.record === 'bump') return null;
  if (record.record === 'check') return record;
  if (record.asFound.length === 0) return { verdict: 'passed', reasons: [] };
  const span = Math.max(...record.asFound.map(({ applied }) => applied));
  return judgeCheck(record.asFound, { tolerance, zeroTolerance: tolerance * span, unit: record.unit });
}

export interface Doubt {
  readonly book: AlertBook;
  /** The next revision of each alert in doubt. */
  readonly alerts: readonly Alert[];
  /** Tells of the record, whatever it says. */
  readonly event: Said;
}

/**
 * What a record changes about the alerts before it. A good check or adjustment clears its part from the book. One that found the
 * part wrong gives every alert that rests on it its next revision with the flag `check-failed`, and an event that lists them.
 */
export function doubted(
  book: AlertBook,
  record: CalibrationRecord,
  about: { readonly at: Stamp; readonly tolerance: number },
): Doubt {
  const part = `${record.sensor}/${record.quantity}`;
  const found = asFound(record, about.tolerance);
  const rests = ({ on }: { readonly on: readonly string[] }): boolean => on.includes(part);
  if (found?.verdict !== 'failed')
    return { book: found ? without(book, part) : book, alerts: [], event: recordEvent(record, part, found) };
  const alerts = book.entries.filter(rests).map(({ alert }): Alert => {
    const flags = joinFlags(alert.flags, ['check-failed']);
    return { ...alert, rev: alert.rev + 1, flags, certainty: certaintyOf(alert.certainty, flags) };
  });
  const ids = [...book.older.filter(rests).map(({ id }) => id), ...alerts.map(({ id }) => id)];
  const revised = noted(book, alerts);
  const event: Said = {
    type: 'check-failed',
    severity: 'warning',
    message: `${part} (serial ${record.serial}): was found wrong: ${found.reasons.join('; ')}. ${ids.length} alerts since its last good check or adjustment rest on it and are marked`,
    detail: {
      part,
      serial: record.serial,
      record,
      reasons: found.reasons,
      alerts: ids,
      revised: alerts.map(({ id }) => id),
    },
  };
  return { book: without(revised, part), alerts, event };
}

function without({ entries, older }: AlertBook, part: string): AlertBook {
  const left = <E extends { readonly on: readonly string[] }>(all: readonly E[]): E[] =>
    all.map((one) => ({ ...one, on: one.on.filter((other) => other !== part) })).filter(({ on }) => on.length > 0);
  return { entries: left(entries), older: left(older) };
}

const names = { adjustment: 'was adjusted', check: 'was checked', bump: 'was bumped' } as const;

const recordEvent = (record: CalibrationRecord, part: string, found: Judged | null): Said => ({
  type: `${record.record}-made`,
  severity: record.record === 'bump' && record.verdict === 'failed' ? 'warning' : 'info',
  message: `${part} (serial ${record.serial}) ${names[record.record]}${found && record.record === 'check' ? ', and shows what was applied' : ''}`,
  detail: { part, serial: record.serial, record },
});
