/** Waits that this process's own standstill does not end: what came meanwhile is heard first. */
import net from 'node:net';
import test from 'ava';
import { received } from '../../../daemons/core/adapters/serial.received.ts';
import { timeLimit } from '../../../daemons/core/flow/time-limit.ts';
import { untilReady } from '../../../daemons/core/flow/until-ready.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { benchClock } from '../../../daemons/tools/evaluate/i2c-bench.ts';

/** Blocks this thread, as a busy core does. */
const standStill = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

test('bytes that came during a standstill are heard, not called late', async (t) => {
  const server = net.createServer((socket) => {
    socket.on('data', (bytes) => {
      socket.write(bytes);
      standStill(400);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  t.teardown(() => {
    socket.destroy();
    server.close();
  });
  const line = received();
  socket.on('data', (bytes: Buffer) => line.push(bytes));
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  socket.write('one');
  t.is(Buffer.from(await line.take(200)).toString(), 'one');
});

test('silence ends a wait, once, and never after it was stopped', async (t) => {
  const line = received();
  const fault = await t.throwsAsync(line.take(20));
  t.true(isFault(fault) && fault.kind === 'timeout');
  let over = 0;
  const stop = timeLimit(10, () => {
    over += 1;
  });
  stop();
  await new Promise<void>((resolve) => {
    timeLimit(30, resolve);
  });
  t.is(over, 0);
});

test('a part whose question took too long is asked again before it is called late', async (t) => {
  const clock = benchClock(0);
  let asked = 0;
  const said = await untilReady(clock, { withinMs: 10, everyMs: 1, what: 'part' }, async () => {
    asked += 1;
    await clock.sleep(asked === 1 ? 5000 : 0, 'bus');
    return asked === 1 ? null : 'ready';
  });
  t.is(said, 'ready');
});

test('a part that was asked after its time and is not ready is late', async (t) => {
  const clock = benchClock(0);
  let asked = 0;
  const said = await untilReady(clock, { withinMs: 10, everyMs: 1, what: 'part' }, async () => {
    asked += 1;
    return null;
  });
  t.is(said, null);
  t.is(asked, 12, 'every millisecond up to its time, and once after it');
});
