import type { Running } from '../core/daemon/running.ts';
import type { Spool } from '../core/ports/spool.ts';
import { logged } from './keeping.ts';
import type { Said } from './sensor-event.ts';

/** The named state, if any, is committed with the event. */
export type SayEvent = (said: Said, state?: Readonly<Record<string, unknown>>) => Promise<void>;

/** Events go to the spool and to the log: a technician at the box and an operator far away read the same words. */
export const eventsTo =
  (spool: Spool, ctx: Running): SayEvent =>
  async (said, state = {}) => {
    const at = ctx.clock.now();
    const { severity, type, message, detail } = said;
    if (type !== 'health') ctx.log[logged(severity)](message, detail);
    await spool.append([{ stream: 'event', at, body: { ...said, at } }], state);
  };
