import { byUrgency, isOpen } from '../../core/desk/urgency.ts';
import type { AlertRecord } from './board.ts';
import { isResolved, isShelved } from './desk.ts';
import { isDoubted } from './doubt.ts';

export const filters = ['all', 'open', 'unacknowledged', 'doubted', 'aside'] as const;
export type Filter = (typeof filters)[number];

/** The box promised to speak again before this; it did not, so nothing is known of the condition. */
export const isSilent = (record: AlertRecord, nowMs: number): boolean =>
  isOpen(record) && nowMs > record.alert.expiresMs;

/** Resolved, shelved, or a duplicate: nobody has to look at it now. */
export const isAside = (record: AlertRecord, nowMs: number): boolean =>
  isResolved(record) || isShelved(record, nowMs) || record.desk?.duplicateOf != null;

const isChosen: Readonly<Record<Exclude<Filter, 'aside'>, (record: AlertRecord) => boolean>> = {
  all: () => true,
  open: isOpen,
  unacknowledged: ({ acknowledged }) => acknowledged === null,
  doubted: isDoubted,
};

/** In order of urgency; sorted once, however many views ask, until there is news. */
export function byUrgencyOf(alerts: ReadonlyMap<string, AlertRecord>): readonly AlertRecord[] {
  const known = sorted.get(alerts) ?? [...alerts.values()].sort(byUrgency);
  sorted.set(alerts, known);
  return known;
}
const sorted = new WeakMap<ReadonlyMap<string, AlertRecord>, readonly AlertRecord[]>();

export function chooseAlerts(
  alerts: ReadonlyMap<string, AlertRecord>,
  filter: Filter,
  nowMs: number,
): readonly AlertRecord[] {
  const all = byUrgencyOf(alerts);
  return filter === 'aside'
    ? all.filter((record) => isAside(record, nowMs))
    : all.filter((record) => isChosen[filter](record) && !isAside(record, nowMs));
}
