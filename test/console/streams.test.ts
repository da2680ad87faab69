import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import { Fault } from '../../daemons/core/ports/fault.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openConsole } from '../support/console.ts';
import { memoryRecords } from '../support/records.memory.ts';
import { openSse } from '../support/sse.ts';

const now = 1_700_000_000_000;
const idsOf = (data: unknown): string[] =>
  (data as { alerts: { alert: { id: string } }[] }).alerts.map((one) => one.alert.id);

test('a new client is sent a heartbeat, the whole state, then each change as it is committed', async (t) => {
  const records = memoryRecords();
  await records.commit([alertArrival(sampleAlert('a1'), 1)], now);
  const server = await openConsole(records);
  t.teardown(() => server.stop());
  const client = await openSse(`${server.url}/api/stream`);
  t.is(client.response.headers['content-type'], 'text/event-stream');
  t.is(client.response.headers['x-content-type-options'], 'nosniff');
  const beat = await client.next();
  t.is(beat?.event, 'beat');
  t.like(beat?.data, { build: 'test-build', trouble: null });
  const state = await client.next();
  t.is(state?.event, 'state');
  t.deepEqual(idsOf(state?.data), ['a1']);
  await records.commit([alertArrival(sampleAlert('a2'), 2)], now);
  const change = await client.nextOf('changes');
  t.deepEqual(idsOf(change.data), ['a2']);
  t.is(change.id, server.feed.cursor);
  client.close();
});

for (const how of ['Last-Event-ID', '?after='] as const)
  test(`a client that comes back with ${how} is sent what it missed, and only that`, async (t) => {
    const records = memoryRecords();
    await records.commit([alertArrival(sampleAlert('a1'), 1)], now);
    const server = await openConsole(records);
    t.teardown(() => server.stop());
    const first = await openSse(`${server.url}/api/stream`);
    const { id } = await first.nextOf('state');
    first.close();
    await records.commit([alertArrival(sampleAlert('a2'), 2)], now);
    await server.feed.refresh();
    const second =
      how === '?after='
        ? await openSse(`${server.url}/api/stream?after=${id}`)
        : await openSse(`${server.url}/api/stream`, { 'last-event-id': id ?? '' });
    t.is((await second.next())?.event, 'beat');
    const missed = await second.next();
    t.is(missed?.event, 'changes');
    t.deepEqual(idsOf(missed?.data), ['a2']);
    second.close();
  });

test('a change costs one query, however many clients look', async (t) => {
  const records = memoryRecords();
  const server = await openConsole(records, { feed: { gapMs: 5, pollMs: 60_000 } });
  t.teardown(() => server.stop());
  const clients = await Promise.all(Array.from({ length: 30 }, () => openSse(`${server.url}/api/stream`)));
  await Promise.all(clients.map((client) => client.nextOf('state')));
  const before = records.queries;
  await records.commit([alertArrival(sampleAlert('a1'), 1)], now);
  await Promise.all(clients.map((client) => client.nextOf('changes')));
  // One query finds the change, one finds that there is no more.
  t.true(records.queries - before <= 2, `${records.queries - before} queries`);
  for (const client of clients) client.close();
});

test('a client that does not read holds one frame and no more, and gets all of it when it reads again', async (t) => {
  const records = memoryRecords();
  const server = await openConsole(records, { feed: { pastBytes: 100_000_000 } });
  t.teardown(() => server.stop());
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.pause();
  socket.write('GET /api/stream HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
  while (server.streams.clients === 0) await new Promise((resolve) => setImmediate(resolve));
  const long = 'x'.repeat(200_000);
  for (let i = 1; i <= 100; i++) {
    const { because } = sampleAlert('a');
    await records.commit([alertArrival(sampleAlert(`a${i}`, { because: { ...because, rule: long } }), i)], now);
    await server.feed.refresh();
  }
  // 20 MB went by; what the kernel did not take is one frame.
  t.true(server.streams.waitingBytes < 2_000_000, `${server.streams.waitingBytes} bytes wait`);
  let text = '';
  const all = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      text = text.slice(-1000) + chunk.toString('latin1');
      if (text.includes(`id: ${server.feed.cursor}\n`)) resolve();
    });
  });
  socket.resume();
  await all;
  t.pass();
  socket.destroy();
});

test('a client that takes nothing for too long is let go', async (t) => {
  const records = memoryRecords();
  const server = await openConsole(records, { streams: { beatMs: 20, stallMs: 50 } });
  t.teardown(() => server.stop());
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => {});
  socket.pause();
  socket.write('GET /api/stream HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
  while (server.streams.clients === 0) await new Promise((resolve) => setImmediate(resolve));
  const { because } = sampleAlert('a');
  const long = 'x'.repeat(500_000);
  for (let i = 1; server.streams.clients > 0; i++) {
    await records.commit(
      [alertArrival(sampleAlert(`a${i % 30}`, { rev: i, because: { ...because, rule: long } }), i)],
      now,
    );
    await server.feed.refresh();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  t.is(server.streams.clients, 0);
  socket.destroy();
});

test('heartbeats tell the time of the centre', async (t) => {
  const server = await openConsole(memoryRecords(), { streams: { beatMs: 10 } });
  t.teardown(() => server.stop());
  const client = await openSse(`${server.url}/api/stream`);
  await client.nextOf('state');
  const beat = await client.nextOf('beat');
  t.true(Math.abs((beat.data as { nowMs: number }).nowMs - Date.now()) < 60_000);
  client.close();
});

/** No heartbeat of its own comes between. */
const seldom = { streams: { beatMs: 3_600_000 } };

test('a store that cannot be read is told at once to every client', async (t) => {
  const records = memoryRecords();
  let isBroken = false;
  const failing = {
    ...records,
    changes: (cursor: number, limit: number) => {
      if (isBroken) throw new Fault('absent', 'records.db: gone');
      return records.changes(cursor, limit);
    },
  };
  const server = await openConsole(failing, seldom);
  t.teardown(() => server.stop());
  const client = await openSse(`${server.url}/api/stream`);
  await client.nextOf('state');
  isBroken = true;
  await server.feed.refresh();
  t.like((await client.nextOf('beat')).data, { trouble: 'records.db: gone' });
  client.close();
});

test('one client too many is refused with 503 and told when to come back', async (t) => {
  const server = await openConsole(memoryRecords(), { streams: { clients: 1 } });
  t.teardown(() => server.stop());
  const client = await openSse(`${server.url}/api/stream`);
  const refused = await fetch(`${server.url}/api/stream`);
  t.is(refused.status, 503);
  t.is(refused.headers.get('retry-after'), '5');
  client.close();
});

test('streams end when the console stops', async (t) => {
  const server = await openConsole(memoryRecords(), seldom);
  t.teardown(() => server.stop());
  const client = await openSse(`${server.url}/api/stream`);
  await client.nextOf('state');
  await server.stop();
  t.is(await client.next(), null);
});
