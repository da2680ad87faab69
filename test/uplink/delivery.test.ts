import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openSpool, openSpoolReader } from '../../daemons/core/adapters/spool.sqlite.ts';
import type { Broker } from '../../daemons/core/ports/broker.ts';
import { uplinkSection } from '../../daemons/uplink/config.ts';
import { delivery } from '../../daemons/uplink/delivery.ts';
import { lanesOf, type Outgoing } from '../../daemons/uplink/outgoing.ts';
import { freshFolder, item } from '../core/spool/keeping.ts';

/** A real spool that holds these, and a delivery at a broker that takes everything; `sent` has the streams. */
async function delivering(t: ExecutionContext, streams: readonly ('tele' | 'alert' | 'event')[], telemetry: boolean) {
  const file = path.join(freshFolder(t), 'gas.db');
  const spool = await openSpool({ path: file, device: 'post-1', telemetryHoldMs: 0 });
  for (const stream of streams) await (await spool.append([item(stream, 1)])).committed;
  const reader = await openSpoolReader(file);
  t.teardown(async () => {
    await reader.close();
    await spool.close();
  });
  const sent: string[] = [];
  const broker: Broker = {
    connected: true,
    publish: async (topic) => void sent.push(topic.split('/').at(-1) ?? ''),
    move: () => {},
    close: async () => {},
  };
  const { send } = delivery(
    {
      ...{ site: 'north', device: 'post-1', broker, onAnswer: () => {}, onUndeliverable: () => {} },
      section: uplinkSection.parse({ brokers: ['mqtts://hub:8883'], telemetry }),
      onUnreadable: async () => {},
    },
    {
      ...{ signal: new AbortController().signal, progress: () => {}, clock: systemClock() },
      log: { info: () => {}, warn: () => {}, error: () => {} },
    },
  );
  let looks = 0;
  const counted: typeof reader = {
    ...reader,
    peek: (stream, after, most) => {
      looks += 1;
      return reader.peek(stream, after, most);
    },
  };
  const one: Outgoing = { name: 'gas.db', reader: counted, appends: 0, lanes: await lanesOf(reader) };
  const sendAll = async (): Promise<void> => {
    for (let i = 0; i < 4; i++) {
      await send([one]);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { spool, reader, one, sent, sendAll, looks: () => looks };
}

for (const [telemetry, expected] of [
  [true, ['alert', 'event', 'tele']],
  [false, ['alert', 'event']],
] as const)
  test(`with telemetry: ${telemetry} a box sends ${expected.join(', ')}`, async (t) => {
    const { sent, sendAll } = await delivering(t, ['tele', 'alert', 'event', 'tele'], telemetry);
    await sendAll();
    t.deepEqual([...new Set(sent)].toSorted(), [...expected]);
  });

test('a spool that was found empty is not looked into before something is appended to it', async (t) => {
  const { spool, reader, one, sent, sendAll, looks } = await delivering(t, ['alert'], true);
  await sendAll();
  t.deepEqual(sent, ['alert']);
  const before = looks();
  await sendAll();
  t.is(looks(), before);

  const told = new Promise<void>((resolve) => {
    reader.onAppend(() => {
      one.appends += 1;
      resolve();
    });
  });
  await (await spool.append([item('alert', 2)])).committed;
  await told;
  await sendAll();
  t.deepEqual(sent, ['alert', 'alert']);
  t.true(looks() > before);
});
