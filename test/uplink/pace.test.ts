import test from 'ava';
import fc from 'fast-check';
import { available, bucket, filled, spent } from '../../daemons/core/flow/bucket.ts';
import { newestOf } from '../../daemons/uplink/newest.ts';
import { answered, isCareful, lost, noSuspicion, type Suspicion } from '../../daemons/uplink/suspicion.ts';

test('over any time no more goes out than the rate and one second of it', (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 100, noNaN: true }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.nat(50)), { maxLength: 50 }),
      (perS, steps) => {
        let [one, nowMs, done] = [bucket(perS, 0), 0, 0];
        for (const [waitMs, wanted] of steps) {
          nowMs += waitMs;
          one = filled(one, perS, nowMs);
          const count = Math.min(wanted, available(one));
          one = spent(one, count);
          done += count;
          t.true(done <= (nowMs / 1000) * perS + Math.max(1, perS) + 1e-6);
        }
      },
    ),
  );
});

test('a slow rate lets one through in its time', (t) => {
  const empty = spent(bucket(0.1, 0), 1);
  t.is(available(filled(empty, 0.1, 9000)), 0);
  t.is(available(filled(empty, 0.1, 10_000)), 1);
});

test('a clock that was set back gives nothing and takes nothing', (t) => {
  const one = spent(bucket(10, 1000), 4);
  t.is(available(filled(one, 10, 0)), 6);
});

test('the newest number of a stream is found whatever is missing in it', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: 5000 }), { maxLength: 60 }), async (numbers) => {
      const sorted = numbers.toSorted((a, b) => a - b);
      let looks = 0;
      const newest = await newestOf(async (after) => {
        looks += 1;
        return sorted.find((seq) => seq > after) ?? null;
      });
      t.is(newest, sorted.at(-1) ?? 0);
      t.true(looks <= 2 + 4 * 13);
    }),
  );
});

const losses = (...all: readonly (readonly string[])[]): readonly [Suspicion, string | null] =>
  all.reduce<readonly [Suspicion, string | null]>(([state], keys) => lost(state, keys), [noSuspicion, null]);

test('after two losses with something unanswered, messages go one at a time until the broker answers one', (t) => {
  t.false(isCareful(losses(['a', 'b'])[0]));
  const [careful] = losses(['a', 'b'], ['a', 'b']);
  t.true(isCareful(careful));
  t.false(isCareful(answered(careful)));
  t.false(isCareful(losses([], [], [])[0]));
});

test('what alone was unanswered at three losses in a row is taken out, and messages go on one at a time', (t) => {
  const [state, suspect] = losses(['a', 'b'], ['a', 'b'], ['a'], ['a'], ['a']);
  t.is(suspect, 'a');
  t.true(isCareful(state));
  t.is(losses(['a', 'b'], ['a', 'b'], ['a'], ['a'])[1], null);
  t.is(losses(['a'], ['a'], ['b'], ['a'])[1], null);
  t.is(losses(['a'], ['a'], [], ['a'])[1], 'a');
});
