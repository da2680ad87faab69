/**
 * What a daemon remembers of its alerts in the state of its spool: the envelopes themselves leave it once they are delivered. A head, and
 * entries in a ring of keys, so that one that goes on writes itself and no other.
 */
import * as z from 'zod';
import type { Spool } from '../ports/spool.ts';
import type { Alert } from '../values/alert.ts';
import { alert } from '../wire/envelope.ts';

export const keptHeadKey = 'alert-book';
/** About 1.5 kB an alert. */
export const mostKept = 1000;
export const keptKey = (number: number): string => `${keptHeadKey}/${number % mostKept}`;

const head = z.object({ next: z.int().min(0) });
const entry = z.object({ number: z.int().min(0), alert });

/** Oldest first; what cannot be read is passed over. Errors: the spool's Faults. */
export async function keptAlerts({ recall }: Pick<Spool, 'recall'>): Promise<readonly Alert[]> {
  const known = head.safeParse(await recall(keptHeadKey));
  if (!known.success) return [];
  const { next } = known.data;
  const found: Alert[] = [];
  for (let number = Math.max(0, next - mostKept); number < next; number++) {
    const one = entry.safeParse(await recall(keptKey(number)));
    if (one.success && one.data.number === number) found.push(one.data.alert as Alert);
  }
  return found;
}
