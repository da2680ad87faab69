import net from 'node:net';
import test from 'ava';
import fc from 'fast-check';
import { openEmbeddedBroker } from '../../../daemons/core/adapters/broker.aedes.ts';
import { connectMqtt, type MqttOptions } from '../../../daemons/core/adapters/broker.mqtt.ts';
import { backoff } from '../../../daemons/core/flow/backoff.ts';
import type { Broker } from '../../../daemons/core/ports/broker.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import { until } from '../spool/keeping.ts';

interface Listening {
  readonly broker: Broker;
  readonly messages: string[];
  readonly connects: number;
  readonly reasons: string[];
}

function connect(port: number | readonly number[], news: Partial<MqttOptions> = {}): Listening {
  const messages: string[] = [];
  const reasons: string[] = [];
  let connects = 0;
  const urls = [port].flat().map((one) => `mqtt://127.0.0.1:${one}`);
  const broker = connectMqtt(
    { urls, clientId: `test-${Math.random()}`, subscribe: [], retry: { firstMs: 20, mostMs: 100 }, ...news },
    {
      onMessage: (topic, payload) => messages.push(`${topic} ${Buffer.from(payload)}`),
      onConnect: () => {
        connects += 1;
      },
      onDisconnect: (reason) => reasons.push(reason),
    },
  );
  return {
    broker,
    messages,
    reasons,
    get connects() {
      return connects;
    },
  };
}

/** A server that says yes to every CONNECT and is then silent; gives its port and the packets it got. */
async function silentServer(t: { teardown(work: () => void): void }) {
  const sockets = new Set<net.Socket>();
  let packets = 0;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (bytes) => {
      packets += 1;
      if ((bytes[0] ?? 0) >> 4 === 1) socket.write(Buffer.from([0x20, 2, 0, 0]));
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  t.teardown(() => {
    cut();
    server.close();
  });
  return { port: (server.address() as net.AddressInfo).port, cut, packets: () => packets };
}

test('delays double up to the most, each between half and all of it', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1000, max: 100_000 }),
      fc.nat(),
      (firstMs, mostMs, seed) => {
        let state = seed;
        const random = (): number => {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          return state / 2 ** 32;
        };
        const delays = backoff({ firstMs, mostMs }, random);
        for (let i = 0; i < 30; i++) {
          const whole = Math.min(mostMs, firstMs * 2 ** i);
          const delay = delays.next().value;
          t.true(delay >= whole / 2 && delay <= whole);
        }
      },
    ),
  );
});

test('a message published is received by who subscribed, from the first moment on', async (t) => {
  const server = await openEmbeddedBroker(0);
  const one = connect(server.port);
  await until(() => one.broker.connected);
  await one.broker.publish('a/kept', 'retained', { retain: true });
  const other = connect(server.port, { subscribe: ['a/#'] });
  await until(() => other.connects === 1 && other.messages.length === 1);
  await one.broker.publish('a/b', 'hello');
  await until(() => other.messages.length === 2);
  t.deepEqual(other.messages, ['a/kept retained', 'a/b hello']);
  t.is(server.clients, 2);
  await one.broker.close();
  await other.broker.close();
  await server.close();
});

test('without a connection nothing is queued: a publish is refused at once and never sent', async (t) => {
  const server = await openEmbeddedBroker(0);
  const { port } = server;
  await server.close();
  const one = connect(port);
  const error = await t.throwsAsync(one.broker.publish('a/b', 'lost'), { instanceOf: Fault });
  t.is(error?.kind, 'absent');
  await until(() => one.reasons.length > 0);
  t.regex(one.reasons[0] ?? '', /ECONNREFUSED/);
  const again = await openEmbeddedBroker(port);
  const other = connect(port, { subscribe: ['a/#'] });
  await until(() => one.broker.connected && other.broker.connected);
  await one.broker.publish('a/c', 'sent');
  await until(() => other.messages.length > 0);
  t.deepEqual(other.messages, ['a/c sent']);
  await one.broker.close();
  await other.broker.close();
  await again.close();
});

test('a publish whose connection goes before PUBACK is refused', async (t) => {
  const server = await silentServer(t);
  const one = connect(server.port);
  await until(() => one.broker.connected);
  const sent = t.throwsAsync(one.broker.publish('a/b', 'x'), { instanceOf: Fault });
  await until(() => server.packets() >= 2);
  server.cut();
  t.is((await sent)?.kind, 'absent');
  await one.broker.close();
});

test('brokers are tried in turn', async (t) => {
  const server = await openEmbeddedBroker(0);
  const gone = await openEmbeddedBroker(0);
  await gone.close();
  const one = connect([gone.port, server.port]);
  await until(() => one.broker.connected);
  t.true(one.reasons.every((reason) => reason.includes(String(gone.port))));
  await one.broker.close();
  await server.close();
});

test('a broker that was given up is left for the next one, and its last will is sent', async (t) => {
  const [first, second] = [await openEmbeddedBroker(0), await openEmbeddedBroker(0)];
  const witness = connect(first.port, { subscribe: ['w'] });
  await until(() => witness.broker.connected);
  let attempt = 0;
  const will = () => ({ topic: 'w', payload: `life ${++attempt}` });
  const one = connect([first.port, second.port], { will });
  await until(() => one.broker.connected);
  one.broker.move('no receipts');
  await until(() => one.broker.connected && witness.messages.length > 0);
  t.deepEqual(witness.messages, ['w life 1']);
  t.regex(one.reasons[0] ?? '', new RegExp(`${first.port}: no receipts`));
  await until(() => second.clients === 1);
  for (const each of [witness, one]) await each.broker.close();
  for (const each of [first, second]) await each.close();
  t.is(attempt, 2);
});

test('after a broker came back everything is subscribed again', async (t) => {
  const server = await openEmbeddedBroker(0);
  const { port } = server;
  const one = connect(port, { subscribe: ['a/#'] });
  await until(() => one.broker.connected);
  await server.close();
  await until(() => !one.broker.connected);
  const again = await openEmbeddedBroker(port);
  await until(() => one.broker.connected);
  await one.broker.publish('a/b', 'echo');
  await until(() => one.messages.length === 1);
  t.is(one.connects, 2);
  await one.broker.close();
  await again.close();
});

test('the last will is sent when the connection breaks, not when it is closed', async (t) => {
  const server = await openEmbeddedBroker(0);
  const witness = connect(server.port, { subscribe: ['w/#'] });
  await until(() => witness.broker.connected);
  const polite = connect(server.port, { will: () => ({ topic: 'w/polite', payload: 'gone' }) });
  await until(() => polite.broker.connected);
  await polite.broker.close();
  // A second client of the same name throws the first one out: its connection breaks.
  const thrown = connect(server.port, {
    clientId: 'same',
    will: () => ({ topic: 'w/thrown', payload: 'gone' }),
    retry: { firstMs: 60_000, mostMs: 60_000 },
  });
  await until(() => thrown.broker.connected);
  const usurper = connect(server.port, { clientId: 'same' });
  await until(() => witness.messages.length > 0);
  t.deepEqual(witness.messages, ['w/thrown gone']);
  for (const one of [witness, thrown, usurper]) await one.broker.close();
  await server.close();
});

test('closing does not wait for a broker that says nothing', async (t) => {
  const server = await silentServer(t);
  const one = connect(server.port);
  await until(() => one.broker.connected);
  const sent = t.throwsAsync(one.broker.publish('a/b', 'x'), { instanceOf: Fault });
  await one.broker.close();
  t.is((await sent)?.kind, 'absent');
});

test('a port that is taken is refused by name', async (t) => {
  const server = await openEmbeddedBroker(0);
  const error = await t.throwsAsync(openEmbeddedBroker(server.port), { instanceOf: Fault });
  t.regex(error?.message ?? '', new RegExp(`${server.port}: EADDRINUSE`));
  await server.close();
});
