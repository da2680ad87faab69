import test from 'ava';
import { runStep } from '../../../daemons/core/flow/scan.ts';
import type { Measurement } from '../../../daemons/core/values/measurement.ts';
import { freshPairs, pair } from '../../../daemons/gas/quality/pair.ts';
import { stampAt } from '../../support/readings.ts';

const rule = { quantities: ['ammonia', 'ammonia-module'] as [string, string], within: 1, k: 3, holdS: 10 };
const one = (quantity: string, value: number | null, seconds: number, u: number | null = 0.5): Measurement => ({
  sensor: quantity,
  quantity,
  at: stampAt(seconds),
  value,
  unit: 'ppm',
  u,
  flags: [],
  calibration: null,
});
/** Both sides each second; which seconds are flagged. */
const flaggedSeconds = (sides: readonly (readonly [number | null, number | null])[]): number[] => {
  const all = sides.flatMap(([a, b], s) => [one('ammonia', a, s), one('ammonia-module', b, s)]);
  const [, out] = runStep(pair([rule]), freshPairs([rule]), all);
  return out.flatMap(({ flags, at }, i) =>
    flags.includes('pair-disagreement') && i % 2 === 1 ? [at.monoNs / 1e9] : [],
  );
};
const seconds = <T>(count: number, each: T): T[] => new Array<T>(count).fill(each);

test('a pair that differs by more than its uncertainties for ten seconds is flagged on both sides', (t) => {
  const all = seconds(20, 0).flatMap((_, s) => [one('ammonia', 10, s), one('ammonia-module', 0, s)]);
  const [, out] = runStep(pair([rule]), freshPairs([rule]), all);
  t.deepEqual(
    out.slice(-2).map(({ flags, quantity }) => [quantity, ...flags]),
    [
      ['ammonia', 'pair-disagreement'],
      ['ammonia-module', 'pair-disagreement'],
    ],
  );
  t.deepEqual(flaggedSeconds(seconds(20, [10, 0] as const)), [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
});

test('it ends when they have agreed for as long, and does not tremble in between', (t) => {
  const said = flaggedSeconds([...seconds(15, [10, 0] as const), [0, 0], [9, 0], ...seconds(20, [0, 0] as const)]);
  t.deepEqual([said[0], said.at(-1)], [10, 26]);
  t.is(said.length, 17);
});

test('a difference within three joint standard uncertainties and what is expected is none', (t) => {
  // 1 + 3 * sqrt(0.5^2 + 0.5^2) = 3.12
  t.deepEqual(flaggedSeconds(seconds(40, [3.1, 0] as const)), []);
  t.true(flaggedSeconds(seconds(40, [3.2, 0] as const)).length > 0);
});

test('a silent side is not held against the other', (t) => {
  t.deepEqual(flaggedSeconds([[10, 0], ...seconds(60, [10, null] as const)]), []);
});
