import type { AlertRecord } from './board.ts';
import { isResolved, isShelved } from './desk.ts';
import { isDoubted } from './doubt.ts';

export const filters = ['all', 'open', 'unacknowledged', 'doubted', 'aside'] as const;
export type Filter = (typeof filters)[number];

export const isOpen = ({ alert }: AlertRecord): boolean => alert.condition !== 'cleared';

/** The box promised to speak again before this; it did not, so nothing is known of the condition. */
export const isSilent = (record: AlertRecord, nowMs: number): boolean =>
  isOpen(record) && nowMs > record.alert.expiresMs;

/** 0 open and to acknowledge, 1 open and acknowledged, 2 cleared and to acknowledge, 3 cleared and acknowledged. */
export const sectionOf = (record: AlertRecord): 0 | 1 | 2 | 3 =>
  isOpen(record) ? (record.acknowledged ? 1 : 0) : record.acknowledged ? 3 : 2;

export const severityRank = { critical: 0, warning: 1, info: 2 } as const;

/** Most urgent first: section, then severity, then the newest. The id makes the order total. */
export const byUrgency = (a: AlertRecord, b: AlertRecord): number =>
  sectionOf(a) - sectionOf(b) ||
  severityRank[a.alert.severity] - severityRank[b.alert.severity] ||
  b.raisedMs - a.raisedMs ||
  (a.alert.id < b.alert.id ? -1 : 1);

/** Resolved, shelved, or a duplicate: nobody has to look at it now. */
export const isAside = (record: AlertRecord, nowMs: number): boolean =>
  isResolved(record) || isShelved(record, nowMs) || record.desk?.duplicateOf != null;

const isChosen: Readonly<Record<Exclude<Filter, 'aside'>, (record: AlertRecord) => boolean>> = {
  all: () => true,
  open: isOpen,
  unacknowledged: ({ acknowledged }) => acknowledged === null,
  doubted: isDoubted,
};

export function chooseAlerts(records: Iterable<AlertRecord>, filter: Filter, nowMs: number): AlertRecord[] {
  const all = [...records];
  const chosen =
    filter === 'aside'
      ? all.filter((record) => isAside(record, nowMs))
      : all.filter((record) => isChosen[filter](record) && !isAside(record, nowMs));
  return chosen.sort(byUrgency);
}
