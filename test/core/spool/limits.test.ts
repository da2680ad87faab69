import test from 'ava';
import fc from 'fast-check';
import { ageMs } from '../../../daemons/core/spool/age.ts';
import { goneIn, lostEvents, shedEvents } from '../../../daemons/core/spool/gone.ts';
import { limitsOf } from '../../../daemons/core/spool/limits.ts';
import { pack } from '../../../daemons/core/spool/link.ts';
import { overweight } from '../../../daemons/core/spool/quota.ts';
import { countOf, gapsIn, rangesOf, union } from '../../../daemons/core/spool/ranges.ts';
import { spoolSection } from '../../../daemons/core/spool/section.ts';
import { lighten, sizeOf, type Waiting } from '../../../daemons/core/spool/waiting.ts';
import { streams } from '../../../daemons/core/values/envelope.ts';
import type { Stamp } from '../../../daemons/core/values/stamp.ts';
import { item } from './keeping.ts';

const perStream = fc.record({ alert: fc.nat(5000), event: fc.nat(5000), tele: fc.nat(5000) });

test('what is shed is enough, is there, and is never of a stream while a lesser one has something left', (t) => {
  fc.assert(
    fc.property(perStream, perStream, (held, limit) => {
      const shed = overweight(held, limit);
      const left = { alert: held.alert - shed.alert, event: held.event - shed.event, tele: held.tele - shed.tele };
      for (const stream of streams) t.true(shed[stream] >= 0 && left[stream] >= 0);
      t.true(left.tele <= limit.tele);
      t.true(left.tele + left.event <= limit.tele + limit.event);
      t.true(left.tele + left.event + left.alert <= limit.tele + limit.event + limit.alert);
      if (shed.event > 0) t.is(left.tele, 0);
      if (shed.alert > 0) t.is(left.event, 0);
    }),
  );
});

test('nothing is shed within the limits, and alerts may use what telemetry leaves', (t) => {
  t.deepEqual(overweight({ alert: 25, event: 0, tele: 0 }, { alert: 10, event: 10, tele: 10 }), {
    alert: 0,
    event: 0,
    tele: 0,
  });
});

const numbers = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });

test('ranges say exactly which numbers there are, and their gaps which there are not', (t) => {
  fc.assert(
    fc.property(numbers, numbers, (some, others) => {
      const all = new Set([...some, ...others]);
      const ranges = union([...rangesOf(some), ...rangesOf(others)]);
      t.is(countOf(ranges), all.size);
      const gaps = gapsIn([1, 60], ranges);
      t.is(countOf(gaps), 60 - all.size);
      for (const [from, to] of gaps) for (let n = from; n <= to; n++) t.false(all.has(n));
      for (const [i, [from]] of ranges.entries()) t.true(i === 0 || from > (ranges[i - 1]?.[1] ?? 0) + 1);
    }),
  );
});

const stamp = (boot: string, monoS: number, wallS: number, synced = true): Stamp => ({
  wallMs: wallS * 1000,
  monoNs: monoS * 1e9,
  boot,
  synced,
  uncertaintyMs: synced ? 10 : null,
});

test('within a boot age is by the monotonic clock, however the wall clock jumps', (t) => {
  t.is(ageMs(stamp('a', 10, 1_000_000), stamp('a', 70, 2_500_000)), 60_000);
  t.is(ageMs(stamp('a', 10, 1_000_000), stamp('a', 70, 0)), 60_000);
});

test('over boots age is by wall clocks that were both disciplined, and else no more than the uptime', (t) => {
  t.is(ageMs(stamp('a', 10, 1000), stamp('b', 5, 5000)), 4_000_000 - 20);
  t.is(ageMs(stamp('a', 10, 1000, false), stamp('b', 5, 1_209_600 + 1000)), 5000);
  t.is(ageMs(stamp('a', 10, 9000), stamp('b', 5, 1000)), 5000);
});

test('a report is told in portions that brokers take, and every range is in one of them', (t) => {
  const ranges = Array.from({ length: 12_000 }, (_, n) => [3 * n + 1, 3 * n + 1] as const);
  const events = lostEvents({
    gone: [{ spool: 's', stream: 'tele', ranges }],
    after: [],
    message: 'rows were damaged',
  });
  t.is(events.length, 3);
  const texts = events.map((one) => JSON.stringify({ body: one }));
  for (const text of texts) t.true(text.length < 200_000);
  t.deepEqual(
    union(texts.flatMap((text) => goneIn(text)).flatMap((one) => one.ranges)),
    ranges.map(([from, to]) => [from, to] as const),
  );
});

test('a report that is itself dropped is told again with what it told', (t) => {
  const carried = [{ spool: 'old', stream: 'alert' as const, ranges: [[4, 6]] as const }];
  const [event] = shedEvents({
    reason: 'bytes',
    spool: 'new',
    seqs: { alert: [], event: [[1, 9]], tele: [] },
    unnumbered: { alert: 0, event: 0, tele: 0 },
    bytes: 900,
    carried,
  });
  t.like(event, {
    type: 'shed',
    severity: 'warning',
    detail: { reason: 'bytes', bytes: 900, envelopes: { event: 9 } },
  });
  t.deepEqual(event?.detail.gone, [{ spool: 'new', stream: 'event', ranges: [[1, 9]] }, ...carried]);
});

test('memory drops the oldest telemetry, then events, then alerts, and no state', (t) => {
  const stream = fc.constantFrom(...streams);
  const call = fc.tuple(fc.array(stream, { maxLength: 4 }), fc.boolean()).map(
    ([kinds, hasState]): Waiting => ({
      items: kinds.map((kind, i) => pack(item(kind, i))),
      state: hasState ? [[`k${kinds.length}`, '1']] : [],
    }),
  );
  fc.assert(
    fc.property(fc.array(call, { maxLength: 12 }), fc.nat(12_000), (calls, limit) => {
      const { calls: left, dropped } = lighten(calls, limit);
      const itemsOf = (list: readonly Waiting[]) => list.flatMap(({ items }) => items);
      t.is(
        itemsOf(calls).length - itemsOf(left).length,
        dropped.counts.alert + dropped.counts.event + dropped.counts.tele,
      );
      t.deepEqual(
        left.flatMap(({ state }) => state),
        calls.flatMap(({ state }) => state),
      );
      if (dropped.counts.event > 0) t.false(itemsOf(left).some((one) => one.stream === 'tele'));
      if (dropped.counts.alert > 0) t.false(itemsOf(left).some((one) => one.stream === 'event'));
      for (const stream of streams) {
        const [before, after] = [calls, left].map((list) => itemsOf(list).filter((one) => one.stream === stream));
        t.deepEqual(after, before?.slice(dropped.counts[stream]));
      }
      const size = left.reduce((sum, one) => sum + sizeOf(one), 0);
      t.true(size <= limit || itemsOf(left).length === 0);
    }),
    { numRuns: 60 },
  );
});

test('the limits of a profile without a section are those that its schema states', (t) => {
  const limits = limitsOf(spoolSection.parse({}));
  t.deepEqual(limits.bytes, { alert: 500e6, event: 200e6, tele: 2000e6 });
  t.is(limits.ageMs.tele, 400 * 86_400_000);
  t.is(limitsOf(spoolSection.parse({ tele: { days: 2 } })).ageMs.tele, 2 * 86_400_000);
  t.false(spoolSection.safeParse({ telemetry: {} }).success);
});
