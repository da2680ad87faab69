/** In which order alerts are looked at: the same at the centre, which sends the first ones first, and on a page. Pure. */
import type { AlertRecord } from '../ports/records.ts';

export const isOpen = ({ alert }: Pick<AlertRecord, 'alert'>): boolean => alert.condition !== 'cleared';

/** 0 open and to acknowledge, 1 open and acknowledged, 2 cleared and to acknowledge, 3 cleared and acknowledged. */
export const sectionOf = (record: Pick<AlertRecord, 'alert' | 'acknowledged'>): 0 | 1 | 2 | 3 =>
  isOpen(record) ? (record.acknowledged ? 1 : 0) : record.acknowledged ? 3 : 2;

export const severityRank = { critical: 0, warning: 1, info: 2 } as const;

/** Most urgent first: section, then severity, then the newest. The id makes the order total. */
export const byUrgency = (a: AlertRecord, b: AlertRecord): number =>
  sectionOf(a) - sectionOf(b) ||
  severityRank[a.alert.severity] - severityRank[b.alert.severity] ||
  b.raisedMs - a.raisedMs ||
  (a.alert.id < b.alert.id ? -1 : 1);
