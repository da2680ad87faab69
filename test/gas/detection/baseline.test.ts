import test from 'ava';
import fc from 'fast-check';
import { type Baseline, deviation, follow, freshBaseline, quantile } from '../../../daemons/gas/detection/baseline.ts';
import { freshChannel, look, persistent } from '../../../daemons/gas/detection/change.ts';

const options = { blockSamples: 4, blocks: 6, learnBlocks: 2, quantile: 0.5, up: 0.5, down: 1, leastSpread: 0.1 };
const run = (values: readonly number[], frozen = false, from: Baseline = freshBaseline): Baseline =>
  values.reduce((state, value) => follow(state, value, frozen, options), from);
const air = (level: number, blocks = 3): number[] =>
  Array.from({ length: 4 * blocks }, (_, i) => level + 0.01 * (i % 3));

test('nothing is judged before the baseline is learned', (t) => {
  t.is(deviation(run(air(1, 1)), 5), null);
  t.not(deviation(run(air(1, 2)), 5), null);
});

test('a frozen baseline stays as it is, however long the gas stands', (t) => {
  const clean = run(air(1));
  t.is(run(air(9, 100), true, clean).level, clean.level);
});

test('a level follows gas no faster than its clamp, and clean air faster than gas', (t) => {
  const clean = run(air(1, 6));
  const step = 0.1;
  const rising = run(air(9, 6), false, clean).level ?? 0;
  const falling = run(air(-7, 6), false, clean).level ?? 0;
  t.true(rising - (clean.level ?? 0) > 0 && rising - (clean.level ?? 0) <= 6 * 0.5 * step + 1e-9);
  t.true((clean.level ?? 0) - falling > rising - (clean.level ?? 0));
});

test('the level lies within what was seen, whatever came', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 8, maxLength: 80 }),
      (values) => {
        const { level } = run(values);
        return level !== null && level >= Math.min(...values) - 1e-9 && level <= Math.max(...values) + 1e-9;
      },
    ),
  );
  t.pass();
});

test('a gap teaches nothing', (t) => {
  t.deepEqual(run([1, Number.NaN, 1]), run([1, 1]));
});

test('a quantile is linear between its neighbours', (t) => {
  t.is(quantile([4, 1, 3, 2], 0.5), 2.5);
  t.is(quantile([4, 1, 3, 2], 0), 1);
  t.is(quantile([], 0.5), Number.NaN);
});

test('what is shorter than k of n is not persistent', (t) => {
  const one = { least: 3, of: 4 };
  t.is(persistent([9, 9, 0.5, 0.1], one), 0.5);
  t.is(persistent([9, 9, 8, 0.1], one), 8);
  t.is(persistent([-9, -9, -8, 0.1], one), -8);
  t.is(persistent([9, 9, -9, -9], one), 0);
  t.is(persistent([9, 9, 9], one), null);
});

test('a channel tells a step in its own spreads', (t) => {
  let state = freshChannel;
  let score: number | null = null;
  for (const value of [...air(1), 2, 2, 2, 2]) {
    const [next, changed] = look(state, value, false, { baseline: options, of: 4, least: 3 });
    state = next;
    score = changed.score;
  }
  t.true((score ?? 0) > 9 && (score ?? 0) < 11, `${score}`);
});
