/** How delivery goes, said in the log now and then: counts and times, no units and no places. */
import type { Running } from '../core/daemon/running.ts';
import { figuresOf } from '../core/dispatch/measure.ts';
import type { AlertRecord } from '../core/ports/records.ts';

export interface DeliveryFigures {
  take(record: AlertRecord): void;
  /** Until `ctx.signal` aborts, and once more then. */
  run(): Promise<void>;
}

const everyMs = 600_000;
/** Of the alerts that were told of last. */
const most = 2000;

export function openFigures({ clock, log, signal }: Running): DeliveryFigures {
  const lately = new Map<string, AlertRecord>();
  let isNew = false;
  const say = (): void => {
    if (isNew) log.info('delivery so far', { alerts: lately.size, ways: figuresOf(lately.values()) });
    isNew = false;
  };
  return {
    take: (record) => {
      if (!record.desk?.told?.some(({ tried }) => tried.length > 0)) return;
      isNew = true;
      lately.delete(record.alert.id);
      lately.set(record.alert.id, record);
      const [oldest] = lately.keys();
      if (lately.size > most && oldest !== undefined) lately.delete(oldest);
    },
    run: async () => {
      while (!signal.aborted) {
        await clock.sleep(everyMs, 'figures', signal);
        say();
      }
    },
  };
}
