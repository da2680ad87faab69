/** A verb's conversation with the broker of a site: connected, worked, gone. */
import { connectMqtt } from '../../core/adapters/broker.mqtt.ts';
import { identityIn } from '../../core/adapters/identity.files.ts';
import { tlsWith } from '../../core/adapters/identity.tls.ts';
import { requireEncryption } from '../../core/config/broker-url.ts';
import type { Broker } from '../../core/ports/broker.ts';
import { Fault, isFault } from '../../core/ports/fault.ts';
import { textOf } from '../../core/wire/parse.ts';

export interface BrokerPlace {
  readonly broker: readonly string[];
  readonly identity?: string;
}

/** Longest wait for the broker. */
const connectMs = 20_000;
/** A broker sends what it retains in one go: after so long without a word of it nothing more comes. */
const quietMs = 1000;
const mostRetainedMs = 30_000;

/** Connects, subscribes, works, and leaves. Errors: Fault `absent` when no broker answers. */
export async function withBroker<T>(
  { broker: urls, identity }: BrokerPlace,
  subscribe: readonly string[],
  work: (broker: Broker, messages: ReadonlyMap<string, string>) => Promise<T>,
  onHeard: () => void = () => {},
): Promise<T> {
  requireEncryption('--broker', urls);
  const messages = new Map<string, string>();
  const connected = Promise.withResolvers<void>();
  let why = '';
  const broker = connectMqtt(
    {
      urls,
      clientId: `fieldpost-verb-${process.pid}`,
      subscribe,
      retry: { firstMs: 100, mostMs: 2000, spreadMs: 0 },
      ...(identity === undefined ? {} : { tls: tlsWith(identityIn(identity)) }),
    },
    {
      onMessage: (topic, payload) => {
        onHeard();
        const text = readable(payload);
        if (text !== null) messages.set(topic, text);
      },
      onConnect: () => connected.resolve(),
      onDisconnect: (reason) => {
        why = reason;
      },
    },
  );
  const late = setTimeout(
    () => connected.reject(new Fault('absent', `${urls.join(', ')}: no broker answers (${why}); nothing was said`)),
    connectMs,
  );
  try {
    await connected.promise;
    return await work(broker, messages);
  } finally {
    clearTimeout(late);
    await broker.close();
  }
}

/** Everything that the broker retains under these topics, by topic. Errors: Fault `absent`. */
export async function retainedAt(
  place: BrokerPlace,
  subscribe: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  let heardMs = performance.now();
  return withBroker(
    place,
    subscribe,
    async (_, messages) => {
      const endMs = performance.now() + mostRetainedMs;
      heardMs = performance.now();
      while (performance.now() < Math.min(heardMs + quietMs, endMs))
        await new Promise((resolve) => setTimeout(resolve, 50));
      return messages;
    },
    () => {
      heardMs = performance.now();
    },
  );
}

/** What one device made unreadable must not hide the others. */
function readable(payload: Uint8Array): string | null {
  if (payload.length === 0) return null;
  try {
    return textOf(payload);
  } catch (error) {
    if (!isFault(error)) throw error;
    return null;
  }
}
