import test from 'ava';
import fc from 'fast-check';
import { type Cups, gustOf, pulsed, stillCups } from '../../daemons/dock/anemometer.ts';

const cups = { perHz: 1.006, stillMs: 600_000 };
/** So many pulses a second over a stretch of seconds. */
const blown = (from: Cups, fromS: number, toS: number, hz: number): Cups => {
  let all = from;
  for (let ms = fromS * 1000; ms < toS * 1000; ms += 1000 / hz) all = pulsed(all, ms, 1);
  return all;
};
const near = (a: number | null, b: number): boolean => a !== null && Math.abs(a - b) < 0.05 * b + 1e-9;

test('steady pulses are their rate, and a gust of three seconds counts for a minute', (t) => {
  const steady = blown(stillCups, 0, 30, 5);
  t.true(near(gustOf(steady, 30_000, cups), 5 * cups.perHz));
  const gust = blown(blown(steady, 30, 33, 20), 33, 60, 5);
  t.true(near(gustOf(gust, 60_000, cups), 20 * cups.perHz));
  t.true(near(gustOf(blown(gust, 60, 120, 5), 120_000, cups), 5 * cups.perHz));
});

test('before the first pulse, and after a long stillness, the wind is not known', (t) => {
  t.is(gustOf(stillCups, 5000, cups), null);
  const stopped = blown(stillCups, 0, 10, 5);
  t.is(gustOf(stopped, 300_000, cups), 0);
  t.is(gustOf(stopped, 611_000, cups), null);
});

test('whatever pulses come, memory is a minute, and a gust is no more than all that came in three seconds', (t) => {
  const pulse = fc.tuple(fc.nat(3000), fc.integer({ min: 1, max: 20 }));
  fc.assert(
    fc.property(fc.array(pulse, { maxLength: 300 }), (all) => {
      let [state, ms, sum] = [stillCups, 0, 0];
      for (const [wait, count] of all) {
        ms += wait;
        sum += count;
        state = pulsed(state, ms, count);
      }
      t.true(state.seconds.length <= 60);
      const gust = gustOf(state, ms, cups);
      t.true(gust === null ? all.length === 0 : gust >= 0 && gust <= (sum / 3) * cups.perHz + 1e-9);
    }),
    { numRuns: 200 },
  );
});
