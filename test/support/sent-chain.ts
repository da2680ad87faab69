import type { Arrival } from '../../daemons/core/ports/records.ts';
import { link, noTail, originOf, pack, type Tail } from '../../daemons/core/spool/link.ts';
import { parseEnvelope } from '../../daemons/core/wire/envelope.ts';
import { sampleAlert, stampAt } from './alerts.ts';

/** Alerts as a box sends them, each linked to the one before: `more(n)` gives the next n. */
export function sentChain(device: string, spool: string): { more(count: number): readonly Arrival[] } {
  let tail: Tail = noTail;
  return {
    more: (count) =>
      Array.from({ length: count }, () => {
        const at = stampAt(1_790_000_000_000 + tail.seq);
        const body = sampleAlert(`${device}.${spool}.${tail.seq + 1}`, {}, at.wallMs);
        const [next, { text }] = link(tail, pack({ stream: 'alert', at, body }), originOf(device, spool));
        tail = next;
        return { site: 'north', text, envelope: parseEnvelope(text) };
      }),
  };
}
