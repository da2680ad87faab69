/**
 * What a box knows of its own alerts and of what patrols said of them here. Spools forget what the centre confirmed, so the page
 * remembers what it saw. Pure, bounded, plain JSON.
 */
import { foldTold, toldOf } from '../../core/desk/told.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { Told } from '../../core/values/delivery.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import type { PatrolDeed, PatrolWord } from '../../core/wire/patrol-word.ts';
import { agoMs } from './moment.ts';

export interface Entry {
  /** Its newest revision, without its picture. */
  readonly alert: Alert;
  readonly told: readonly Told[];
  /** Keys of reports that stand. */
  readonly reports: readonly string[];
}
/** By the id of the alert, in the order in which they came. */
export type Book = ReadonlyMap<string, Entry>;

export const mostAlerts = 100;
/** Reports of one alert that a box keeps: each is an event. */
const mostReports = 20;
/** A shift: so long it is told that one is over. */
const overMs = 12 * 3_600_000;
/** The pictures of an alert are many times the rest. */
const withoutPicture = (alert: Alert): Alert =>
  alert.plot?.picture ? { ...alert, plot: { ...alert.plot, picture: null } } : alert;

/** The book with a revision in it; the same book where it is none that is news. */
export function noted(book: Book, alert: Alert): Book {
  const before = book.get(alert.id);
  if (before && before.alert.rev >= alert.rev) return book;
  const next = new Map(book);
  next.set(alert.id, { told: [], reports: [], ...before, alert: withoutPicture(alert) });
  while (next.size > mostAlerts) next.delete(leastWorth(next));
  return next;
}

/** What is over goes first, what warns of danger last; among equals the oldest. */
function leastWorth(book: Book): string {
  const worth = ({ alert }: Entry): number =>
    (alert.condition === 'cleared' ? 0 : 2) + (alert.family === 'safety' ? 1 : 0);
  const [first] = [...book.values()].toSorted((a, b) => worth(a) - worth(b));
  return first?.alert.id ?? '';
}

/** Without those that have been over for a shift. */
export function swept(book: Book, now: Stamp): Book {
  const isOver = ({ alert }: Entry): boolean => alert.condition === 'cleared' && (agoMs(alert.at, now) ?? 0) > overMs;
  const left = [...book].filter(([, entry]) => !isOver(entry));
  return left.length === book.size ? book : new Map(left);
}

const moments = { received: 'received', seen: 'seen', acknowledge: 'acknowledged', 'on-scene': 'onScene' } as const;

/** Whether that unit said it already: then it stands, and need not be kept again. */
export function stands({ told, reports }: Entry, unit: string, deed: PatrolDeed, key: string): boolean {
  if (deed.what === 'report') return reports.includes(key);
  return (toldOf(told, unit)?.[moments[deed.what]] ?? null) !== null;
}

export const isFull = ({ reports }: Entry, deed: PatrolDeed): boolean =>
  deed.what === 'report' && reports.length >= mostReports;

/** The entry after a word that is kept. */
export function after(entry: Entry, { alert, unit, by, deed, key }: PatrolWord, atMs: number): Entry {
  const told = foldTold(entry.told, { ...{ n: 0, alert, by, role: 'patrol', atMs, deed, unit, key } }) ?? entry.told;
  return { ...entry, told, reports: deed.what === 'report' ? [...entry.reports, key] : entry.reports };
}
