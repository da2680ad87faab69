import test from 'ava';
import fc from 'fast-check';
import type { Flood } from '../../../daemons/core/dispatch/delivery.ts';
import { gather, type Pending, type Spoken, wireOf } from '../../../daemons/core/dispatch/flood.ts';

const flood: Flood = { most: 3, windowMs: 60_000, gatherMs: 10_000 };
const pending = (alert: string, news: Partial<Pending> = {}): Pending => ({
  ...{ alert, unit: 'red-1', way: 'sms', step: 0, urgent: false, sinceMs: 0, sort: '' },
  ...news,
});
const spoke = (n: number, atMs = 0): readonly Spoken[] => Array.from({ length: n }, () => ({ atMs, grouped: false }));
const idsOf = (batches: readonly (readonly Pending[])[]) => batches.map((batch) => batch.map(({ alert }) => alert));

test('a few go one by one; more than that go as one message that holds them all', (t) => {
  const some = ['a', 'b', 'c'].map((id) => pending(id));
  t.deepEqual(idsOf(gather(some, () => [], flood, 0).batches), [['a'], ['b'], ['c']]);
  t.deepEqual(idsOf(gather([...some, pending('d')], () => [], flood, 0).batches), [['a', 'b', 'c', 'd']]);
});

test('a unit that had its messages gets the next together, after a while that nothing prolongs', (t) => {
  const late = [pending('a', { sinceMs: 1000 }), pending('b', { sinceMs: 9000 })];
  const now = gather(late, () => spoke(3), flood, 9000);
  t.deepEqual(now.batches, []);
  t.deepEqual(new Set(now.waiting.map(({ untilMs }) => untilMs)), new Set([11_000]));
  t.deepEqual(idsOf(gather(late, () => spoke(3), flood, 11_000).batches), [['a', 'b']]);
  t.deepEqual(idsOf(gather(late, () => spoke(3), flood, 60_000).batches), [['a'], ['b']], 'the window is over');
});

test('danger for people waits for nobody; drills and what is real go apart; a page does not ring', (t) => {
  t.deepEqual(idsOf(gather([pending('help', { urgent: true })], () => spoke(9), flood, 1).batches), [['help']]);
  const mixed = [...'abcd'].map((id) => pending(id, { sort: id < 'c' ? 'drill' : '' }));
  t.deepEqual(idsOf(gather(mixed, () => spoke(2), flood, 0).batches), [['a', 'b'], []].slice(0, 1), 'the others wait');
  const pages = [...'abcdefgh'].map((id) => pending(id, { way: 'page' }));
  t.is(gather(pages, () => spoke(9), flood, 0).batches.length, 8);
});

const lookMs = 500;
const burst = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 8000 }),
    n: fc.integer({ min: 1, max: 40 }),
    unit: fc.constantFrom('red-1', 'red-2'),
    urgent: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

test('no flood drops one: each is in exactly one message, soon, and messages are few', (t) => {
  fc.assert(
    fc.property(burst, (bursts) => {
      const spoken: (Spoken & { wire: string })[] = [];
      const told = new Map<string, number>();
      let waiting: readonly Pending[] = [];
      let n = 0;
      let messages = 0;
      const look = (nowMs: number, fresh: readonly Pending[]): void => {
        const all = [...waiting, ...fresh];
        const before = told.size;
        const gathered = gather(all, (one) => spoken.filter(({ wire }) => wire === wireOf(one)), flood, nowMs);
        for (const batch of gathered.batches) {
          messages += 1;
          for (const { alert, sinceMs } of batch) {
            t.false(told.has(alert));
            t.true(nowMs - sinceMs <= flood.gatherMs + lookMs);
            told.set(alert, nowMs);
          }
          for (const one of batch) spoken.push({ wire: wireOf(one), atMs: nowMs, grouped: batch.length > 1 });
        }
        waiting = gathered.waiting.map(({ pending: one }) => one);
        t.is(told.size - before + waiting.length, all.length);
      };
      let nowMs = 0;
      for (const { afterMs, n: more, unit, urgent } of bursts) {
        for (let left = afterMs; left > 0; left -= lookMs) look(nowMs + afterMs - left, []);
        nowMs += afterMs;
        look(
          nowMs,
          Array.from({ length: more }, () => pending(`${n++}`, { unit, urgent, sinceMs: nowMs })),
        );
      }
      for (let i = 0; i <= 20; i++) look(nowMs + i * lookMs, []);
      t.is(told.size, n);
      t.true(messages <= 2 * (flood.most + Math.ceil(nowMs / flood.gatherMs) + 2) + 3 * bursts.length);
    }),
  );
});
