import type { Clock } from '../core/ports/clock.ts';
import { Fault } from '../core/ports/fault.ts';

/** What `work` gives, if it does so in time: a bus that hangs answers nobody. Errors: Fault `timeout`, and those of the work. */
export async function withinMs<T>(
  work: Promise<T>,
  most: number,
  { clock, what }: { readonly clock: Clock; readonly what: string },
): Promise<T> {
  const late = new AbortController();
  const limit = clock.sleep(most, `answer of ${what}`, late.signal).then(() => {
    throw new Fault('timeout', `${what} did not answer within ${most} ms`);
  });
  limit.catch(() => {});
  work.catch(() => {});
  try {
    return await Promise.race([work, limit]);
  } finally {
    late.abort();
  }
}
