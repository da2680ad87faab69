import type { Running } from '../core/daemon/running.ts';
import { isFault } from '../core/ports/fault.ts';
import type { Spool } from '../core/ports/spool.ts';
import type { Told } from '../core/spool/gone.ts';

/** What the uplink itself has to tell: events in a spool of its own, delivered like those of every daemon. */
export interface Reports {
  add(told: Told): void;
  /** Keeps what was added; what the disk refuses waits in memory. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** What waits in memory while the disk refuses; beyond it the oldest goes, and the log has it. */
const mostWaiting = 1000;

/** The spool is opened with the first report: most boxes never have one. */
export function openReports(open: () => Promise<Spool>, ctx: Running): Reports {
  let spool: Spool | null = null;
  const waiting: Told[] = [];
  return {
    add: (told) => {
      ctx.log.error(told.message, { type: told.type });
      waiting.push(told);
      if (waiting.length > mostWaiting) waiting.shift();
    },
    flush: async () => {
      if (waiting.length === 0) return;
      const at = ctx.clock.now();
      const taken = [...waiting];
      try {
        spool ??= await open();
        await spool.append(taken.map((told) => ({ stream: 'event' as const, at, body: { ...told, at } })));
        waiting.splice(0, taken.length);
      } catch (error) {
        if (!isFault(error)) throw error;
        ctx.log.warn('a report waits in memory', { reason: error.message });
      }
    },
    close: async () => spool?.close(),
  };
}
