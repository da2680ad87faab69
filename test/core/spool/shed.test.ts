import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openSpoolFile, type SpoolFile } from '../../../daemons/core/adapters/spool.sqlite.file.ts';
import { openSpool, openSpoolReader } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { findBrokenLink } from '../../../daemons/core/evidence/chain.ts';
import { goneIn } from '../../../daemons/core/spool/gone.ts';
import type { Limits } from '../../../daemons/core/spool/limits.ts';
import { pack } from '../../../daemons/core/spool/link.ts';
import { countOf } from '../../../daemons/core/spool/ranges.ts';
import { spoolSection } from '../../../daemons/core/spool/section.ts';
import type { BoxEvent, Envelope, Stream } from '../../../daemons/core/values/envelope.ts';
import type { Stamp } from '../../../daemons/core/values/stamp.ts';
import { freshFolder, item, until } from './keeping.ts';

const fileIn = (t: ExecutionContext): SpoolFile => {
  const spool = openSpoolFile(path.join(freshFolder(t), 'gas.db'), 'writer');
  t.teardown(() => spool.close());
  return spool;
};
const put = (spool: SpoolFile, stream: Stream, from: number, to: number): void => {
  const items = Array.from({ length: to - from + 1 }, (_, i) => pack(item(stream, from + i)));
  spool.append('post-7', items, []);
};
const endless = { alert: 1e12, event: 1e12, tele: 1e12 };
const seqs = (spool: SpoolFile, stream: Stream): number[] => spool.peek(stream, 0, 1e6).map(({ seq }) => seq);
const eventsOf = (spool: SpoolFile, type: string): BoxEvent[] =>
  spool
    .peek('event', 0, 1e6)
    .map(({ text }) => (JSON.parse(text) as Envelope<'event'>).body)
    .filter((body) => body.type === type);
const now = (): Stamp => item('tele', 1).at;

test('over its bytes a spool drops the oldest telemetry, down to the limit, and one event says what', (t) => {
  const spool = fileIn(t);
  put(spool, 'tele', 1, 400);
  put(spool, 'alert', 1, 5);
  const limit = Math.round(spool.bytes().tele / 2);
  const limits: Limits = { bytes: { ...endless, tele: limit }, ageMs: endless };
  const dropped = spool.trim('post-7', limits, null);
  t.is(dropped.length, 1);
  const left = seqs(spool, 'tele');
  t.true(left.length > 150 && left.length <= 200);
  t.is(left.at(-1), 400);
  t.true(spool.bytes().tele <= limit);
  t.is(spool.depth().tele, left.length);
  t.is(spool.depth().alert, 5);
  const [event, ...more] = eventsOf(spool, 'shed');
  t.is(more.length, 0);
  t.like(event?.detail, { reason: 'bytes', envelopes: { alert: 0, event: 0, tele: 400 - left.length } });
  t.deepEqual(event?.detail.gone, [{ spool: spool.id, stream: 'tele', ranges: [[1, 400 - left.length]] }]);
  t.deepEqual(spool.trim('post-7', limits, null), []);
});

test('the chain goes on after everything of a stream was dropped, and numbers are never given twice', (t) => {
  const spool = fileIn(t);
  put(spool, 'tele', 1, 20);
  const before = spool.tails.tele;
  spool.trim('post-7', { bytes: { ...endless, tele: 0 }, ageMs: endless }, null);
  t.deepEqual(seqs(spool, 'tele'), []);
  put(spool, 'tele', 21, 22);
  t.deepEqual(seqs(spool, 'tele'), [21, 22]);
  const texts = spool.peek('tele', 0, 10).map(({ text }) => text);
  t.is(findBrokenLink(texts, before), null);
});

test('what was settled is not counted as dropped', (t) => {
  const spool = fileIn(t);
  put(spool, 'tele', 1, 50);
  spool.settle('tele', 30, [4, 7]);
  t.is(spool.depth().tele, 22);
  spool.trim('post-7', { bytes: { ...endless, tele: 0 }, ageMs: endless }, null);
  const gone = eventsOf(spool, 'shed')[0]?.detail.gone as { ranges: [number, number][] }[];
  t.deepEqual(gone[0]?.ranges, [
    [4, 4],
    [7, 7],
    [31, 50],
  ]);
  t.is(spool.depth().tele, 0);
  t.is(spool.bytes().tele, 0);
});

test('events go when no telemetry is left, alerts when no event is left, and reports that go are told again', (t) => {
  const spool = fileIn(t);
  put(spool, 'tele', 1, 10);
  put(spool, 'event', 1, 10);
  put(spool, 'alert', 1, 10);
  spool.trim('post-7', { bytes: { ...endless, tele: 0 }, ageMs: endless }, null);
  spool.trim('post-7', { bytes: { ...endless, tele: 0, event: 2000 }, ageMs: endless }, null);
  t.deepEqual(seqs(spool, 'alert').length, 10);
  spool.trim('post-7', { bytes: { tele: 0, event: 0, alert: 3000 }, ageMs: endless }, null);
  t.true(seqs(spool, 'alert').length < 10);
  t.is(seqs(spool, 'alert').at(-1), 10);
  const told = spool.peek('event', 0, 100).flatMap(({ text }) => goneIn(text));
  const count = (stream: Stream): number =>
    countOf(told.filter((one) => one.stream === stream).flatMap(({ ranges }) => ranges));
  t.is(count('tele'), 10);
  t.is(count('event') + seqs(spool, 'event').length, spool.tails.event.seq);
  t.is(count('alert') + seqs(spool, 'alert').length, 10);
});

test('too old is by stream, and the youngest that is too old is the last to go', (t) => {
  const spool = fileIn(t);
  const at = (s: number): Stamp => ({ ...now(), monoNs: s * 1e9 });
  const aged = (stream: Stream, s: number) => pack({ ...item(stream, s), at: at(s) } as ReturnType<typeof item>);
  spool.append('post-7', [aged('tele', 10), aged('tele', 20), aged('alert', 10), aged('tele', 90)], []);
  const limits: Limits = { bytes: endless, ageMs: { ...endless, tele: 60_000 } };
  t.deepEqual(spool.trim('post-7', limits, at(60)), []);
  spool.trim('post-7', limits, at(100));
  t.deepEqual([seqs(spool, 'tele'), seqs(spool, 'alert')], [[3], [1]]);
  t.is(eventsOf(spool, 'shed')[0]?.detail.reason, 'age');
});

test('a spool that is open keeps to the limits of its profile by itself', async (t) => {
  const folder = freshFolder(t);
  const section = spoolSection.parse({
    tele: { megabytes: 1 },
    event: { megabytes: 1 },
    alert: { megabytes: 1 },
    reserveMegabytes: 0,
  });
  const spool = await openSpool({ path: path.join(folder, 'gas.db'), device: 'post-7', telemetryHoldMs: 0, section });
  const one = item('tele', 1);
  const large = { ...one, body: { ...one.body, data: 'x'.repeat(50_000) } } as typeof one;
  for (let n = 0; n < 60; n++) await spool.append([large]);
  await until(async () => (await spool.depth()).tele < 22);
  t.true((await spool.depth()).tele > 10);
  t.true((await spool.depth()).event >= 1);
  const reader = await openSpoolReader(path.join(folder, 'gas.db'));
  t.true((await reader.peek('tele', 0, 1))[0]?.seq === 60 - (await reader.depth()).tele + 1);
  await reader.close();
  await spool.close();
});
