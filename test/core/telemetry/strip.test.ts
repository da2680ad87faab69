import test from 'ava';
import fc from 'fast-check';
import { type StripValue, stripOf } from '../../../daemons/core/telemetry/strip.ts';

const value = (atMs: number, of: number | null, flags: readonly string[] = [], calibration: string | null = null) =>
  ({ atMs, value: of, flags, calibration }) satisfies StripValue;

const series = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 30_000 }),
      fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { freq: 8 }),
    ),
    {
      maxLength: 300,
    },
  )
  .map((steps) => {
    let atMs = 0;
    return steps.map(([step, of]) => {
      atMs += step;
      return value(atMs, of);
    });
  });

test('no peak and no dip is lost, every value stands in one point, and no line crosses a gap', (t) => {
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 200 }), (all, points) => {
      const toMs = all.at(-1)?.atMs ?? 1000;
      const { pieces, gaps } = stripOf(all, { fromMs: 0, toMs, points });
      const found = pieces.flat();
      const known = all.flatMap((one) => (one.value === null ? [] : [one.value]));
      t.is(
        found.reduce((sum, { n }) => sum + n, 0),
        known.length,
      );
      if (known.length > 0) {
        t.is(Math.max(...found.map(({ high }) => high)), Math.max(...known));
        t.is(Math.min(...found.map(({ low }) => low)), Math.min(...known));
      }
      for (const one of all) {
        if (one.value === null) {
          t.true(
            gaps.some(({ fromMs, toMs: end }) => fromMs <= one.atMs && end >= one.atMs),
            'a gap is told',
          );
          t.false(
            pieces.some((piece) => (piece[0]?.fromMs ?? 0) < one.atMs && (piece.at(-1)?.toMs ?? 0) > one.atMs),
            'no piece goes across it',
          );
        } else {
          const { value: of, atMs } = one;
          t.true(
            found.some(({ fromMs, toMs: end, low, high }) => fromMs <= atMs && end >= atMs && low <= of && high >= of),
          );
        }
      }
      // Points of one piece are of different slots: there are no more than asked for in all but for gaps.
      t.true(found.length <= points + pieces.length);
    }),
    { numRuns: 300 },
  );
});

test('a single spike among ten thousand values is in ten points', (t) => {
  const all = Array.from({ length: 10_000 }, (_, i) => value(i * 1000, i === 4321 ? 99 : 1));
  const { pieces } = stripOf(all, { fromMs: 0, toMs: 9_999_000, points: 10 });
  t.is(pieces.length, 1);
  t.is(Math.max(...pieces.flat().map(({ high }) => high)), 99);
  t.is(pieces.flat().length, 10);
});

test('what did not come is a gap, what failed says why, and what is said against values is told with them', (t) => {
  const all = [
    ...[0, 1000, 2000, 3000].map((at) => value(at, 1)),
    ...[4000, 5000].map((at) => value(at, null, ['timeout'])),
    ...[6000, 7000, 8000].map((at) => value(at, 2, ['uncalibrated'], 'cal-2')),
    value(60_000, 3, [], 'cal-2'),
  ];
  const { pieces, gaps, flagged, calibrations } = stripOf(all, { fromMs: 0, toMs: 60_000, points: 60 });
  t.is(pieces.length, 3);
  t.deepEqual(gaps, [
    { fromMs: 4000, toMs: 5000, why: ['timeout'] },
    { fromMs: 8000, toMs: 60_000, why: [] },
  ]);
  t.deepEqual(flagged, [{ fromMs: 6000, toMs: 8000, flags: ['uncalibrated'] }]);
  t.deepEqual(calibrations, [
    { atMs: 0, id: null },
    { atMs: 6000, id: 'cal-2' },
  ]);
});

test('nothing is nothing', (t) => {
  const range = { fromMs: 0, toMs: 1000, points: 10 };
  t.deepEqual(stripOf([], range), { pieces: [], gaps: [], flagged: [], calibrations: [], values: 0 });
});
