import test from 'ava';
import { Fault } from '../../daemons/core/ports/fault.ts';
import type { Item, Kept } from '../../daemons/core/ports/spool.ts';
import { type Keeping, openKeeping, type Reply } from '../../daemons/dji/keeping.ts';
import { rawOf } from '../../daemons/dji/raw.ts';
import { event } from '../../daemons/dji/said.ts';
import { dock, topics } from './documented.ts';

interface Bench {
  readonly keeping: Keeping;
  /** What happened, in order. */
  readonly log: string[];
  /** The appends that wait are done. */
  done(where: Kept['where']): void;
  clock: { s: number };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function bench(broker: 'takes' | 'refuses' = 'takes'): Bench {
  const log: string[] = [];
  const waiting: ((kept: Kept) => void)[] = [];
  const clock = { s: 0 };
  const spool = (name: string) => ({
    append: (items: readonly Item[]): Promise<Kept> => {
      log.push(`${name} ${items.map(({ stream }) => stream).join(' ')}`);
      return new Promise((resolve) => waiting.push(resolve));
    },
  });
  const keeping = openKeeping({
    ...{ spool: spool('spool'), rawSpool: spool('raw'), holdMs: 10_000 },
    clock: {
      now: () => ({ wallMs: 1e12 + clock.s * 1000, monoNs: clock.s * 1e9, boot: 'b', synced: true, uncertaintyMs: 1 }),
    },
    send: async ({ key }) => {
      log.push(`sent ${key}`);
      if (broker === 'refuses') throw new Fault('absent', 'not connected');
    },
    onNotSent: (key) => log.push(`not sent ${key}`),
  });
  const done = (where: Kept['where']): void => {
    for (const resolve of waiting.splice(0)) resolve({ where, committed: Promise.resolve(where === 'disk') });
  };
  return { keeping, log, done, clock };
}

const raw = rawOf(topics.events, new TextEncoder().encode('{}'));
const reply = (key: string): Reply => ({ is: 'reply', topic: `thing/product/${dock}/events_reply`, text: '{}', key });

test('a reply goes out when the message and what it told are on the disk, and not before', async (t) => {
  const { keeping, log, done } = bench();
  keeping.raw(raw);
  keeping.event(event('media', 'info', 'a file'));
  keeping.reply(reply('m1'));
  const flushed = keeping.flush();
  await turn();
  t.deepEqual(log, ['spool event', 'raw event']);
  done('disk');
  await flushed;
  t.deepEqual(log, ['spool event', 'raw event', 'sent m1']);
});

test('what waits in memory for a disk that refuses is not answered for: the dock keeps it and asks again', async (t) => {
  const { keeping, log, done } = bench();
  keeping.raw(raw);
  keeping.reply(reply('m1'));
  const flushed = keeping.flush();
  await turn();
  done('memory');
  await flushed;
  t.deepEqual(log, ['raw event', 'not sent m1']);
});

test('a reply that the broker did not take is told back', async (t) => {
  const { keeping, log, done } = bench('refuses');
  keeping.raw(raw);
  keeping.reply(reply('m1'));
  const flushed = keeping.flush();
  await turn();
  done('disk');
  await flushed;
  t.deepEqual(log, ['raw event', 'sent m1', 'not sent m1']);
});

test('messages are gathered for their time and written together, sooner when they are many', async (t) => {
  const { keeping, log, clock } = bench();
  keeping.raw(raw);
  keeping.readings([]);
  keeping.raw(raw);
  clock.s = 9;
  await keeping.flush();
  t.deepEqual(log, []);
  clock.s = 10;
  void keeping.flush();
  await turn();
  t.deepEqual(log, ['raw event event']);
  const many = bench();
  for (let n = 0; n < 17; n++) many.keeping.raw({ ...raw, text: 'x'.repeat(64 * 1024) });
  void many.keeping.flush();
  await turn();
  t.is(many.log.length, 1);
});

test('of a storm of replies a bounded number waits', (t) => {
  const { keeping, log } = bench();
  for (let n = 0; n < 600; n++) keeping.reply(reply(`m${n}`));
  t.is(log.length, 100);
  t.is(log[0], 'not sent m500');
});
