import path from 'node:path';
import test from 'ava';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openSpool, openSpoolReader } from '../../daemons/core/adapters/spool.sqlite.ts';
import type { Broker } from '../../daemons/core/ports/broker.ts';
import { uplinkSection } from '../../daemons/uplink/config.ts';
import { delivery } from '../../daemons/uplink/delivery.ts';
import { lanesOf, type Outgoing } from '../../daemons/uplink/outgoing.ts';
import { freshFolder, item } from '../core/spool/keeping.ts';

for (const [telemetry, expected] of [
  [true, ['alert', 'event', 'tele']],
  [false, ['alert', 'event']],
] as const)
  test(`with telemetry: ${telemetry} a box sends ${expected.join(', ')}`, async (t) => {
    const file = path.join(freshFolder(t), 'gas.db');
    const spool = await openSpool({ path: file, device: 'post-1', telemetryHoldMs: 0 });
    for (const stream of ['tele', 'alert', 'event', 'tele'] as const)
      await (await spool.append([item(stream, 1)])).committed;
    const reader = await openSpoolReader(file);
    t.teardown(async () => {
      await reader.close();
      await spool.close();
    });
    const sent = new Set<string>();
    const broker: Broker = {
      connected: true,
      publish: async (topic) => void sent.add(topic.split('/').at(-1) ?? ''),
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
    const one: Outgoing = { name: 'gas.db', reader, lanes: await lanesOf(reader) };
    for (let i = 0; i < 4; i++) {
      await send([one]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    t.deepEqual([...sent].toSorted(), [...expected]);
  });
