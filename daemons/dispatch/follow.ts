import type { Running } from '../core/daemon/running.ts';
import { isFault } from '../core/ports/fault.ts';
import type { AlertRecord, Records } from '../core/ports/records.ts';

const page = 500;
/** The store is read even where nobody reported a change. */
const pollMs = 5000;

/**
 * Calls `take` with every alert as it is, and with each change of one, in the order of the store, until `ctx.signal` aborts. A store that
 * cannot be read is tried again. `onRead` is called after each look at it.
 */
export async function followAlerts(
  records: Records,
  { signal, clock, log, progress }: Running,
  take: (record: AlertRecord) => void,
  onRead: () => void = () => {},
): Promise<void> {
  let cursor = 0;
  let wake = new AbortController();
  let changed = false;
  const off = records.onChange(() => {
    changed = true;
    wake.abort();
  });
  signal.addEventListener('abort', () => wake.abort(), { once: true });

  const readOn = async (): Promise<void> => {
    for (;;) {
      const changes = await records.changes(cursor, page);
      // A store that went back in time is another history: all of it is taken anew.
      if (changes.cursor === cursor) return;
      cursor = changes.cursor < cursor ? 0 : changes.cursor;
      for (const one of changes.alerts) take(one);
    }
  };

  while (!signal.aborted) {
    wake = new AbortController();
    changed = false;
    try {
      await readOn();
      onRead();
      progress();
    } catch (error) {
      if (!isFault(error)) throw error;
      log.warn('the store cannot be read; tried again', { reason: error.message });
    }
    if (!changed && !signal.aborted) await clock.sleep(pollMs, 'store change', wake.signal);
  }
  off();
}
