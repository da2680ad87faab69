/**
 * The book of alerts in the spool's state: what changed of it as keys to commit, and the book again from them. Entries stand in a
 * ring of keys, so that one that goes on writes itself and no other.
 */
import * as z from 'zod';
import { onDemand } from '../core/config/on-demand.ts';
import type { Spool } from '../core/ports/spool.ts';
import { keptHeadKey, keptKey } from '../core/spool/kept-alerts.ts';
import type { Alert } from '../core/values/alert.ts';
import { alert } from '../core/wire/envelope.ts';
import { type AlertBook, type Entry, emptyBook, mostEntries } from './alert-book.ts';

const head = onDemand(() => z.object({ next: z.int().min(0), gone: z.record(z.string(), z.number()) }));
const entry = onDemand(() => z.object({ number: z.int().min(0), alert, on: z.array(z.string()) }));

/** Keys and values that make what is kept of `before` the book `after`; undefined forgets a key. */
export function bookNews(before: AlertBook, after: AlertBook): Readonly<Record<string, unknown>> {
  const news: Record<string, unknown> = {};
  const was = new Set(before.entries);
  const numbers = new Set(after.entries.map(({ number }) => number));
  for (const { number } of before.entries) if (!numbers.has(number)) news[keptKey(number)] = undefined;
  for (const one of after.entries) if (!was.has(one)) news[keptKey(one.number)] = one;
  if (after.next !== before.next || after.gone !== before.gone)
    news[keptHeadKey] = { next: after.next, gone: after.gone };
  return news;
}

/** The book as it was last committed. An entry that cannot be read is passed over: the others stand. */
export async function recallBook({ recall }: Pick<Spool, 'recall'>): Promise<AlertBook> {
  const known = head.safeParse(await recall(keptHeadKey));
  if (!known.success) return emptyBook;
  const { next, gone } = known.data;
  const first = Math.max(0, next - mostEntries);
  const numbers = Array.from({ length: next - first }, (_, i) => first + i);
  const kept = await Promise.all(numbers.map((number) => recall(keptKey(number))));
  const entries = kept.flatMap((value, i): Entry[] => {
    const one = entry.safeParse(value);
    if (!one.success || one.data.number !== numbers[i]) return [];
    return [{ ...one.data, alert: one.data.alert as Alert }];
  });
  return { entries, next, gone };
}
