import type { Clock } from '../core/ports/clock.ts';
import { isFault } from '../core/ports/fault.ts';
import type { Notice, Notifier } from '../core/ports/notifier.ts';
import type { Tried } from '../core/values/delivery.ts';

/** What came of it; null: nobody knows, and the claim stays without an outcome. */
export type Outcome = Pick<Tried, 'why'> & { readonly state: 'sent' | 'failed' };

const mostWhy = 300;

/** Sends one notice within `limitMs`. Errors: none of the world's; what is no Fault is a bug of the way. */
export async function sendWithin(
  notifier: Notifier,
  notice: Notice,
  limitMs: number,
  { clock, stop }: { readonly clock: Clock; readonly stop: AbortSignal },
): Promise<Outcome | null> {
  const late = new AbortController();
  const done = new AbortController();
  const limit = clock.sleep(limitMs, `${notifier.way} to ${notice.unit}`, done.signal).then(() => late.abort());
  try {
    const how = await notifier.send(notice, AbortSignal.any([late.signal, stop]));
    return how === 'sent' ? { state: 'sent', why: null } : null;
  } catch (error) {
    if (!isFault(error)) throw error;
    return { state: 'failed', why: `${error.kind}: ${error.message}`.slice(0, mostWhy) };
  } finally {
    done.abort();
    await limit;
  }
}
