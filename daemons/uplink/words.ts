/** What a box says beside its envelopes: who it is, whether it is there, what it holds, and its signed heads. */
import { randomUUID } from 'node:crypto';
import type { Broker } from '../core/ports/broker.ts';
import type { Clock } from '../core/ports/clock.ts';
import { lostEvents, type Told } from '../core/spool/gone.ts';
import { rangesOf } from '../core/spool/ranges.ts';
import { type Stream, streams } from '../core/values/envelope.ts';
import { topicOf } from '../core/wire/topics.ts';
import type { Outgoing } from './outgoing.ts';

/** Who speaks. */
export interface Speaker {
  readonly device: string;
  readonly site: string;
  readonly birth: Readonly<Record<string, unknown>>;
}

export interface Words {
  /** For the last will of a connection that is about to be made: from here on it is the one that is spoken of. */
  will(): { readonly topic: string; readonly payload: string };
  birth(broker: Broker): Promise<void>;
  /** Says `online`, and what the box holds. Errors: Fault also when a spool cannot be read. */
  online(broker: Broker, spools: Iterable<Outgoing>): Promise<void>;
  offline(broker: Broker): Promise<void>;
}

export function openWords({ device, site, birth }: Speaker, clock: Clock): Words {
  const { boot } = clock.now();
  const topic = topicOf(site, device, 'status');
  /** Names the connection, so that the last will of one never ends the next. */
  let session = '';
  const status = (word: 'online' | 'offline', oldest?: readonly Oldest[]): string =>
    JSON.stringify({ v: 1, status: word, boot, session, oldest });
  return {
    will: () => {
      session = randomUUID();
      return { topic, payload: status('offline') };
    },
    birth: (broker) => {
      const at = clock.now();
      const text = JSON.stringify({ ...birth, v: 1, device, site, boot: at.boot, session, at });
      return broker.publish(topicOf(site, device, 'birth'), text, { retain: true });
    },
    online: async (broker, spools) => broker.publish(topic, status('online', await oldestOf(spools)), { retain: true }),
    offline: (broker) => broker.publish(topic, status('offline'), { retain: true }),
  };
}

export interface Oldest {
  readonly spool: string;
  readonly stream: Stream;
  readonly seq: number;
}

/**
 * The oldest envelope that each stream holds; where it holds none, the number after the last that was sent. Errors: Fault
 * when a spool cannot be read.
 */
export async function oldestOf(spools: Iterable<Outgoing>): Promise<readonly Oldest[]> {
  const held = new Map<string, Oldest>();
  const empty = new Map<string, Oldest>();
  for (const { reader, lanes } of spools)
    for (const stream of streams) {
      const sent = Math.max(...Object.values(lanes).map((lane) => (lane.stream === stream ? lane.flight.cursor : 0)));
      const [first] = await reader.peek(stream, 0, 1);
      const key = `${reader.id}/${stream}`;
      // A salvaged part and its source may lie beside each other under one id.
      if (first && first.seq < (held.get(key)?.seq ?? Number.POSITIVE_INFINITY))
        held.set(key, { spool: reader.id, stream, seq: first.seq });
      if (!first && sent + 1 > (empty.get(key)?.seq ?? 1)) empty.set(key, { spool: reader.id, stream, seq: sent + 1 });
    }
  return [...new Map([...empty, ...held]).values()].slice(0, 1024);
}

/** The seal that an event envelope carries, for the topic `head`; null for any other text. */
export function headOf(text: string, device: string): { readonly spool: string; readonly payload: string } | null {
  // Quick for the many that are none: a body names its type in these characters.
  if (!text.includes('"type":"seal"')) return null;
  const { spool, seq, body } = JSON.parse(text) as { spool: string; seq: number; body?: { type?: unknown } };
  if (body?.type !== 'seal') return null;
  return { spool, payload: JSON.stringify({ v: 1, device, spool, seq, envelope: text }) };
}

export interface Undeliverable {
  readonly spool: string;
  readonly stream: Stream;
  readonly seq: number;
  readonly reason: string;
}

export const undeliverableEvent = ({ spool, stream, seq, reason }: Undeliverable): Told => ({
  type: 'undeliverable',
  severity: 'error',
  message: `${stream} ${seq} of spool ${spool} does not get through: ${reason}; it stays on the box and is tried at long intervals, everything else goes on`,
  detail: { spool, stream, seq, reason },
});

/** What the centre asks for and this spool does not hold. */
export const lostHere = (spool: string, stream: Stream, seqs: readonly number[]): readonly Told[] =>
  lostEvents({
    gone: [{ spool, stream, ranges: rangesOf(seqs) }],
    after: [],
    message: `the centre asks for what spool ${spool} does not hold: damaged, or confirmed to another ledger`,
  });
