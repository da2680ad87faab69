import test from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import type { Driver } from '../../../daemons/core/driver.ts';
import { merge } from '../../../daemons/core/flow/merge.ts';
import { pace } from '../../../daemons/core/flow/pace.ts';
import { sample } from '../../../daemons/core/flow/sample.ts';
import { type Line, scan } from '../../../daemons/core/flow/scan.ts';
import { tap } from '../../../daemons/core/flow/tap.ts';
import { turns } from '../../../daemons/core/flow/turns.ts';
import type { Clock } from '../../../daemons/core/ports/clock.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import type { Reading } from '../../../daemons/core/values/reading.ts';

async function* of<T>(...batches: (readonly T[])[]): Line<T> {
  yield* batches;
}
const collect = async <T>(line: Line<T>): Promise<T[][]> => {
  const all: T[][] = [];
  for await (const batch of line) all.push([...batch]);
  return all;
};

/** A clock whose sleeps take no time but move it. */
function fakeClock(): Clock {
  let ms = 0;
  return {
    now: () => ({ wallMs: ms, monoNs: ms * 1e6, boot: 'fake', synced: false, uncertaintyMs: null }),
    sleep: async (more) => {
      ms += Math.max(0, more);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('scan carries its state through batches and passes no empty batch on', async (t) => {
  const sums = scan(
    of([1, 2], [-100], [3]),
    (sum: number, n: number): readonly [number, ...number[]] => (n < 0 ? [sum] : [sum + n, sum + n]),
    0,
  );
  t.deepEqual(await collect<number>(sums), [[1, 3], [6]]);
});

test('tap is done before what is downstream sees the batch', async (t) => {
  const order: string[] = [];
  const line = tap(of(['a'], ['b']), async (batch) => {
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`kept ${batch.join()}`);
  });
  for await (const batch of line) order.push(`seen ${batch.join()}`);
  t.deepEqual(order, ['kept a', 'seen a', 'kept b', 'seen b']);
});

test('merge keeps the order of each source and ends with the last', async (t) => {
  const all = (await collect(merge([of([1], [2], [3]), of([10], [20])], { limit: 100, onDropped: () => {} }))).flat();
  t.deepEqual(
    all.filter((n) => n < 10),
    [1, 2, 3],
  );
  t.deepEqual(
    all.filter((n) => n >= 10),
    [10, 20],
  );
});

test('merge passes on together what came in one turn of the event loop', async (t) => {
  let tick: () => void = () => {};
  const beat = new Promise<void>((resolve) => {
    tick = resolve;
  });
  async function* sensor(n: number): Line<number> {
    await beat;
    // Some turns of the promise queue apart, as answers on several sockets are.
    for (let i = 0; i < n; i++) await null;
    yield [n];
  }
  const merged = merge([sensor(3), sensor(1), sensor(2)], { limit: 100, onDropped: () => {} });
  const all = collect(merged);
  tick();
  t.deepEqual(await all, [[1, 2, 3]]);
});

test('merge drops the oldest and counts when its consumer does not come', async (t) => {
  let dropped = 0;
  const merged = merge([of([1], [2], [3], [4], [5])], {
    limit: 2,
    onDropped: (n) => {
      dropped += n;
    },
  })[Symbol.asyncIterator]();
  const first = merged.next();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const got = [...((await first).value as number[])];
  for (let next = await merged.next(); !next.done; next = await merged.next()) got.push(...next.value);
  t.is(got.length + dropped, 5);
  t.is(got.at(-1), 5);
});

test('merge ends with the error of a source', async (t) => {
  async function* failing(): Line<number> {
    yield [1];
    throw new Error('broken');
  }
  await t.throwsAsync(collect(merge([failing()], { limit: 10, onDropped: () => {} })), { message: 'broken' });
});

test('sensors that wait for one beat share its timer and its time; another period has a timer of its own', async (t) => {
  const clock = fakeClock();
  const sleeps: number[] = [];
  const counted: Clock = {
    ...clock,
    sleep: (ms, name) => {
      sleeps.push(ms);
      return clock.sleep(ms, name);
    },
  };
  const { next } = pace(counted, new AbortController().signal);
  const [a, b] = await Promise.all([next(0, 100e6), next(0, 100e6)]);
  t.is(a.at, b.at);
  t.deepEqual([a.dueNs, a.at.monoNs], [100e6, 100e6]);
  const [c, d] = await Promise.all([next(100e6, 100e6), next(100e6, 250e6)]);
  t.deepEqual([c.dueNs, d.dueNs], [200e6, 350e6]);
  t.is(sleeps.length, 3);
});

test('a beat that was missed is not made up for, and nobody waits for one that is over', async (t) => {
  const clock = fakeClock();
  const { first, next } = pace(clock, new AbortController().signal);
  t.is(first().dueNs, 0);
  await clock.sleep(1040, 'busy');
  const late = await next(0, 100e6);
  t.deepEqual([late.dueNs, late.at.monoNs], [1100e6, 1100e6]);
  // One that starts later falls in with the others.
  t.deepEqual([first().dueNs, first().at.monoNs], [0, 1100e6]);
});

test('a sleep ends with its signal, whoever else sleeps on it, and a signal that is over lets nobody sleep', async (t) => {
  const { sleep } = systemClock();
  const stop = new AbortController();
  const sleeping = Promise.all([sleep(3_600_000, 'a', stop.signal), sleep(3_600_000, 'b', stop.signal)]);
  await sleep(1, 'c', stop.signal);
  stop.abort();
  await sleeping;
  await sleep(3_600_000, 'd', stop.signal);
  t.pass();
});

test('turns serve in order, and a failed turn does not hold up the next', async (t) => {
  const turn = turns();
  const order: number[] = [];
  const work = (n: number, ms: number) =>
    turn(async () => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      order.push(n);
      if (n === 1) throw new Error('one');
    });
  await Promise.allSettled([work(1, 10), work(2, 1), work(3, 0)]);
  t.deepEqual(order, [1, 2, 3]);
});

test('a fault of a sensor is a gap on each of its channels, said once, and its recovery is said once', async (t) => {
  let looks = 0;
  const driver: Driver = {
    channels: [
      { name: 'x', unit: 'ppm', range: [0, 1], resolution: 0.1 },
      { name: 'y', unit: 'C', range: [0, 1], resolution: 0.1 },
    ],
    read: async () => {
      looks += 1;
      if (looks === 2 || looks === 3) throw new Fault('nack', 'no answer at 0x48');
      return [
        { channel: 'x', value: looks, flags: [] },
        { channel: 'y', value: 1, flags: [] },
      ];
    },
  };
  const stop = new AbortController();
  const changes: (string | null)[] = [];
  const readings: Reading[] = [];
  const line = sample({
    sensor: 's',
    driver,
    periodMs: 100,
    clock: fakeClock(),
    signal: stop.signal,
    always: ['simulated'],
    onChange: (fault) => changes.push(fault?.kind ?? null),
  });
  for await (const batch of line) {
    readings.push(...batch);
    if (looks === 5) stop.abort();
  }
  t.deepEqual(changes, ['nack', null]);
  t.deepEqual(
    readings.filter((one) => one.channel === 'x').map((one) => one.value),
    [1, null, null, 4, 5],
  );
  t.deepEqual(readings[2]?.flags, ['nack', 'simulated']);
  t.deepEqual(readings.map((one) => one.unit).slice(0, 2), ['ppm', 'C']);
  t.deepEqual(
    readings.filter((one) => one.channel === 'x').map((one) => one.at.wallMs),
    [0, 100, 200, 300, 400],
  );
});

test('no turn begins within the call that asks for it, and one that throws at once is a rejection', async (t) => {
  const inTurn = turns();
  const order: string[] = [];
  const first = inTurn(async () => {
    order.push('work');
  });
  order.push('asked');
  await first;
  t.deepEqual(order, ['asked', 'work']);
  await t.throwsAsync(
    inTurn(() => {
      throw new Error('at once');
    }),
    { message: 'at once' },
  );
  t.is(await inTurn(async () => 'next'), 'next');
});

test('a look that still waits for its instrument does not hold up the stop, and what ends it later harms nobody', async (t) => {
  const stop = new AbortController();
  let give: (fault: Fault) => void = () => {};
  let looks = 0;
  const driver: Driver = {
    channels: [{ name: 'x', unit: 'ppm', range: [0, 10], resolution: 0 }],
    read: async () => {
      looks += 1;
      if (looks === 1) return [{ channel: 'x', value: 1, flags: [] }];
      setImmediate(() => stop.abort());
      return new Promise((_, reject) => {
        give = reject;
      });
    },
  };
  const values: (number | null)[] = [];
  const line = sample({
    ...{ sensor: 's', driver, periodMs: 100, clock: fakeClock(), signal: stop.signal, always: [] },
    onChange: () => t.fail('no fault was seen'),
  });
  for await (const batch of line) values.push(...batch.map(({ value }) => value));
  t.deepEqual(values, [1]);
  give(new Fault('absent', 'the port was closed'));
  await new Promise((resolve) => setImmediate(resolve));
});
