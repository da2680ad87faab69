import type { ExecutionContext } from 'ava';
import { connectMqtt } from '../../daemons/core/adapters/broker.mqtt.ts';
import { identityIn } from '../../daemons/core/adapters/identity.files.ts';
import { tlsWith } from '../../daemons/core/adapters/identity.tls.ts';
import type { Refusal } from '../../daemons/core/pki/refusal.ts';

/** One client that connects with an identity folder, and what becomes of it. */
export function connectWith(
  t: ExecutionContext,
  url: string,
  { identity, now = Date.now, subscribe = [] }: { identity: string; now?: () => number; subscribe?: string[] },
) {
  const refusals: Refusal[] = [];
  const messages: string[] = [];
  const reasons: string[] = [];
  const broker = connectMqtt(
    {
      urls: [url],
      clientId: `test-${Math.random()}`,
      subscribe,
      retry: { firstMs: 50, mostMs: 50 },
      tls: tlsWith(identityIn(identity), now),
      onRefusal: (refusal) => refusals.push(refusal),
    },
    {
      onMessage: (topic, payload) => messages.push(`${topic} ${Buffer.from(payload)}`),
      onConnect: () => {},
      onDisconnect: (reason) => reasons.push(reason),
    },
  );
  t.teardown(() => broker.close());
  return { broker, refusals, messages, reasons };
}
