/** What was open long before a dispatcher began on a store. Pure. */
import type { AlertRecord } from '../ports/records.ts';
import { planOf } from './chain.ts';
import type { Delivery } from './delivery.ts';
import { matchOf } from './matching.ts';

export interface Begin {
  /** When the first dispatcher began on that store, Unix ms. */
  readonly atMs: number;
  /** Older than so long, by the last that was said of it, is known. */
  readonly ageMs: number;
}

/**
 * Whether it would be told now though nobody was told of it in all that time: the store is older than its dispatcher. One that was
 * said again, released, or came off its shelf since is news; so is one that a rule takes only since then, for its hours.
 */
export function isLongKnown(record: AlertRecord, delivery: Delivery, { atMs, ageMs }: Begin): boolean {
  const { raisedMs, changedMs, desk } = record;
  if (desk?.told?.some(({ tried }) => tried.length > 0)) return false;
  const sinceMs = atMs - ageMs;
  const dwelling = desk?.dwelling;
  const news = [raisedMs, changedMs, desk?.shelved?.untilMs, dwelling?.corroborated?.atMs, dwelling?.released?.atMs];
  if (news.some((ms) => ms !== undefined && ms > sinceMs)) return false;
  const isForSomebody = desk?.assigned != null || matchOf(record, delivery.rules, sinceMs).rule !== null;
  const { tell, over } = planOf(record, delivery, atMs);
  return isForSomebody && tell.length + over.length > 0;
}
