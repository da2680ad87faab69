/** Whether something of a sortie still waits on this box for the centre's receipt: the oldest thing in each spool says. */
import type { Outbox } from '../../core/ports/spool.ts';
import { streams } from '../../core/values/envelope.ts';
import { parseEnvelope } from '../../core/wire/envelope.ts';
import type { Moment } from './state.ts';

/** The box's own words of before it closed count as of it: they tell of the sortie too. */
export async function isWaiting(spool: Pick<Outbox, 'peek' | 'depth'>, closed: Moment): Promise<boolean> {
  const depth = await spool.depth();
  for (const stream of streams) {
    const [oldest] = await spool.peek(stream, 0, 1);
    // Rows that cannot be read are rows all the same.
    if (!oldest && depth[stream] > 0) return true;
    if (!oldest) continue;
    const { at } = parseEnvelope(oldest.text);
    const isOlder = at.boot === closed.boot ? at.monoNs <= closed.monoNs : at.wallMs <= closed.wallMs;
    if (isOlder) return true;
  }
  return false;
}
