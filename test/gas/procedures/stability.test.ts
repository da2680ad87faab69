import test from 'ava';
import fc from 'fast-check';
import { type Sample, type StabilityLimits, stabilityOf } from '../../../daemons/gas/procedures/stability.ts';

const limits: StabilityLimits = { windowMs: 10_000, settleMs: 30_000, tolerance: 0.25, noise: 0.1, resolution: 0.01 };
/** One sample a second from 0, the value a function of the second. */
const series = (seconds: number, raw: (t: number) => number): Sample[] =>
  Array.from({ length: seconds + 1 }, (_, t) => ({ atMs: t * 1000, raw: raw(t) }));
const tremble = (t: number): number => 0.03 * Math.sin(t * 2.3);
const at = (seconds: number, raw: (t: number) => number) =>
  stabilityOf(series(seconds, raw), 0, seconds * 1000, limits);

test('a reading that has come to rest is stable, with its mean and its uncertainty', (t) => {
  const found = at(40, (s) => 25 + tremble(s));
  t.is(found.state, 'stable');
  t.true(Math.abs((found.mean ?? 0) - 25) < 0.03);
  t.true((found.u ?? 0) > 0.01 / Math.sqrt(12) && (found.u ?? 1) < 0.05);
});

test('nothing is stable before the channel had three T90 to answer: the old air is steady too', (t) => {
  const found = at(20, () => 0);
  t.is(found.state, 'waiting');
  t.is(found.readyInMs, 10_000);
});

test('a reading that still climbs is moving', (t) => {
  t.is(at(40, (s) => 20 + 0.05 * s).state, 'moving');
});

test('the answer of a slow cell is moving until its rest is within the tolerance', (t) => {
  const slow = (tauS: number) => (s: number) => 25 * (1 - Math.exp(-s / tauS));
  t.is(at(40, slow(12)).state, 'moving');
  t.is(at(90, slow(12)).state, 'stable');
});

test('a restless line is noisy, however level it is', (t) => {
  t.is(at(40, (s) => 25 + (s % 2 === 0 ? 1 : -1)).state, 'noisy');
});

test('a window with a hole in front of it is filling, not stable', (t) => {
  const late = series(40, () => 25).filter(({ atMs }) => atMs > 35_000);
  t.is(stabilityOf(late, 0, 40_000, limits).state, 'filling');
});

test('no series is stable while it moves by more than the tolerance in a window', (t) => {
  fc.assert(
    fc.property(fc.double({ min: 0.06, max: 5, noNaN: true }), fc.integer({ min: 31, max: 200 }), (slope, seconds) => {
      t.not(at(seconds, (s) => slope * s).state, 'stable');
    }),
  );
});
