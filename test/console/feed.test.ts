import test from 'ava';
import { type FeedLimits, feedLimits, openFeed } from '../../daemons/console/feed.ts';
import { Fault } from '../../daemons/core/ports/fault.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { keptLog, runningUntil } from '../support/console.ts';
import { memoryRecords } from '../support/records.memory.ts';

const limits = (news: Partial<FeedLimits>): FeedLimits => ({ ...feedLimits, ...news });
const now = 1_700_000_000_000;

test('what was committed is in the state once a refresh resolved', async (t) => {
  const records = memoryRecords();
  const feed = openFeed(records);
  await records.commit([alertArrival(sampleAlert('a1'), 1)], now);
  await feed.refresh();
  const state = JSON.parse(feed.state().toString());
  t.is(state.alerts[0].alert.id, 'a1');
  t.is(state.devices[0].device, 'post-7');
  t.is(state.cursor, feed.cursor);
  t.true(state.complete);
});

test('a client that has everything is sent nothing', async (t) => {
  const feed = openFeed(memoryRecords());
  await feed.refresh();
  t.is(feed.next(feed.cursor), null);
});

test('a client at a past cursor is sent what changed since, and the same bytes as every other', async (t) => {
  const records = memoryRecords();
  const feed = openFeed(records);
  await feed.refresh();
  const before = feed.cursor;
  await records.commit([alertArrival(sampleAlert('a1'), 1)], now);
  await feed.refresh();
  const frame = feed.next(before);
  t.regex(frame?.bytes.toString() ?? '', /^id: \S+\nevent: changes\ndata: \{.*"a1".*\}\n\n$/);
  t.is(frame?.to, feed.cursor);
  t.is(feed.next(before)?.bytes, frame?.bytes);
});

test('a client of another run, or without a cursor, is sent the whole state', async (t) => {
  const records = memoryRecords();
  const feed = openFeed(records);
  await records.commit([alertArrival(sampleAlert('a1'), 1)], now);
  await feed.refresh();
  for (const cursor of [null, '0badcafe-1', 'nonsense'])
    t.regex(feed.next(cursor)?.bytes.toString() ?? '', /\nevent: state\n/);
});

test('a client that was away longer than the past that is held gets the whole state', async (t) => {
  const records = memoryRecords();
  const feed = openFeed(records, limits({ pastBytes: 6000 }));
  await feed.refresh();
  const first = feed.cursor;
  for (let i = 1; i <= 10; i++) {
    await records.commit([alertArrival(sampleAlert(`a${i}`), i)], now);
    await feed.refresh();
  }
  t.regex(feed.next(first)?.bytes.toString() ?? '', /\nevent: state\n/);
});

test('following the frames from any cursor gives the same alerts as the whole state', async (t) => {
  const records = memoryRecords();
  const feed = openFeed(records, limits({ page: 2 }));
  await feed.refresh();
  let at: string | null = feed.cursor;
  const seen = new Map<string, number>();
  for (let i = 1; i <= 7; i++) {
    await records.commit([alertArrival(sampleAlert(`a${i % 4}`, { rev: i }), i)], now);
    if (i % 3 === 0) await feed.refresh();
  }
  await feed.refresh();
  for (let frame = feed.next(at); frame; frame = feed.next(at)) {
    at = frame.to;
    const data = JSON.parse(/data: (.*)\n/.exec(frame.bytes.toString())?.[1] ?? '');
    for (const one of data.alerts) seen.set(one.alert.id, one.alert.rev);
  }
  const state = JSON.parse(feed.state().toString());
  const whole = new Map(
    state.alerts.map((one: { alert: { id: string; rev: number } }) => [one.alert.id, one.alert.rev]),
  );
  t.deepEqual([...seen].sort(), [...whole].sort());
});

test('commits that change nothing to see send nothing', async (t) => {
  const records = memoryRecords();
  let cursor = 1;
  const feed = openFeed({ ...records, changes: async () => ({ cursor: cursor++, alerts: [], devices: [] }) });
  await feed.refresh();
  const before = feed.cursor;
  await feed.refresh();
  t.is(feed.next(before), null);
});

test('a store that went back in time is read anew', async (t) => {
  const old = memoryRecords();
  await old.commit([alertArrival(sampleAlert('old-1'), 1), alertArrival(sampleAlert('old-2'), 2)], now);
  const fresh = memoryRecords();
  await fresh.commit([alertArrival(sampleAlert('new'), 1)], now);
  let current = old;
  const feed = openFeed({ ...old, changes: (cursor, limit) => current.changes(cursor, limit) });
  await feed.refresh();
  current = fresh;
  await feed.refresh();
  const state = JSON.parse(feed.state().toString());
  t.deepEqual(
    state.alerts.map((one: { alert: { id: string } }) => one.alert.id),
    ['new'],
  );
});

test('a store that cannot be read leaves the copy and says why, until it can be read again', async (t) => {
  const records = memoryRecords();
  await records.commit([alertArrival(sampleAlert('a1'), 1)], now);
  let isBroken = false;
  const feed = openFeed({
    ...records,
    changes: (cursor, limit) => {
      if (isBroken) throw new Fault('absent', 'records.db: disk I/O error');
      return records.changes(cursor, limit);
    },
  });
  await feed.refresh();
  isBroken = true;
  await feed.refresh();
  t.is(feed.trouble, 'records.db: disk I/O error');
  t.truthy(feed.alert('a1'));
  isBroken = false;
  await feed.refresh();
  t.is(feed.trouble, null);
});

test('a bug in the store is not swallowed', async (t) => {
  const feed = openFeed({ ...memoryRecords(), changes: () => Promise.reject(new TypeError('bug')) });
  await t.throwsAsync(feed.refresh(), { instanceOf: TypeError });
});

test('beyond its limit the copy forgets what is cleared and acknowledged, and says that it is not complete', async (t) => {
  const records = memoryRecords();
  const alerts = ['a1', 'a2', 'a3', 'a4'].map((id, i) =>
    alertArrival(sampleAlert(id, { condition: i === 1 ? 'cleared' : 'raised' }), i + 1),
  );
  await records.commit(alerts, now);
  const feed = openFeed(records, limits({ alerts: 3 }));
  await feed.refresh();
  const state = JSON.parse(feed.state().toString());
  t.false(state.complete);
  t.falsy(feed.alert('a2'));
});

test('it follows commits by itself, one query for a storm of them, and ends when it is stopped', async (t) => {
  const records = memoryRecords();
  const stop = new AbortController();
  const feed = openFeed(records, limits({ gapMs: 5, pollMs: 60_000 }));
  const running = feed.follow(runningUntil(stop.signal, keptLog()));
  await feed.refresh();
  const before = records.queries;
  const arrived = new Promise<void>((resolve) => {
    feed.onNews(() => {
      if (feed.alert('a50')) resolve();
    });
  });
  for (let i = 1; i <= 50; i++) void records.commit([alertArrival(sampleAlert(`a${i}`), i)], now);
  await arrived;
  t.true(records.queries - before < 20, `${records.queries - before} queries for 50 commits`);
  stop.abort();
  await running;
});
