import test from 'ava';
import fc from 'fast-check';
import type { CalibrationPoint } from '../../daemons/core/values/calibration.ts';
import { fitTwoPoint } from '../../daemons/gas/fit.ts';
import { fitGain } from '../../daemons/gas/fit-gain.ts';
import { fitMultiPoint, yorkLine } from '../../daemons/gas/fit-multi-point.ts';

/** Pearson's data with York's weights (York 1966): the benchmark of fits with errors in both axes. */
const pearson: readonly (readonly [number, number, number, number])[] = [
  [0, 5.9, 1000, 1],
  [0.9, 5.4, 1000, 1.8],
  [1.8, 4.4, 500, 4],
  [2.6, 4.6, 800, 8],
  [3.3, 3.5, 200, 20],
  [4.4, 3.7, 80, 20],
  [5.2, 2.8, 60, 70],
  [6.1, 2.8, 20, 70],
  [6.5, 2.4, 1.8, 100],
  [7.4, 1.5, 1, 500],
];

const close = (a: number, b: number, share = 1e-6): boolean => Math.abs(a - b) <= share * Math.max(1e-9, Math.abs(b));

test("Pearson's data with York's weights give the published line", (t) => {
  const points = pearson.map(([read, applied, ofX, ofY]) => ({
    applied,
    uApplied: 1 / Math.sqrt(ofY),
    read,
    uRead: 1 / Math.sqrt(ofX),
  }));
  const { fit } = yorkLine('a/b', points);
  t.is(fit.terms[0]?.coefficient.toFixed(5), '-0.48053');
  t.is(fit.intercept.toFixed(5), '5.47991');
  // York et al. 2004, table II: standard errors 0.0702 (with the chi2 of the fit 0.0576 without) and 0.359 (0.295).
  t.true(Math.abs(Math.sqrt(fit.covariance[1]?.[1] ?? 0) - 0.058) < 0.0005);
  t.true(Math.abs(Math.sqrt(fit.covariance[0]?.[0] ?? 0) - 0.295) < 0.0005);
});

const line = fc.record({
  slope: fc.double({ min: 0.05, max: 20, noNaN: true }),
  offset: fc.double({ min: -50, max: 50, noNaN: true }),
  span: fc.double({ min: 1, max: 1000, noNaN: true }),
  levels: fc.integer({ min: 3, max: 8 }),
  uApplied: fc.double({ min: 0.001, max: 0.03, noNaN: true }),
  uRead: fc.double({ min: 0.001, max: 0.03, noNaN: true }),
  seed: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }),
});

function pointsOf(
  { slope, offset, span, levels, uApplied, uRead, seed }: typeof line extends fc.Arbitrary<infer L> ? L : never,
  shift = 0,
) {
  return Array.from({ length: levels }, (_, i): CalibrationPoint => {
    const applied = (span * i) / (levels - 1);
    const u = uRead * span * slope;
    return {
      applied,
      uApplied: uApplied * span,
      read: offset + slope * applied + shift * u * (seed[i] ?? 0),
      uRead: u,
    };
  });
}

test('points on a line give that line back, whatever their weights', (t) => {
  fc.assert(
    fc.property(line, (one) => {
      const { fit, goodness } = fitMultiPoint('a/b', pointsOf(one));
      t.true(close(fit.terms[0]?.coefficient ?? 0, 1 / one.slope));
      t.true(Math.abs(fit.intercept + one.offset / one.slope) <= 1e-6 * (one.span + Math.abs(one.offset / one.slope)));
      t.true(goodness < 1e-6);
    }),
  );
});

test('a change of units changes the line and its covariance by that and by nothing else', (t) => {
  const factor = fc.double({ min: 0.001, max: 1000, noNaN: true });
  fc.assert(
    fc.property(line, factor, factor, (one, ofRead, ofApplied) => {
      const points = pointsOf(one, 1);
      const scaled = points.map(({ applied, uApplied, read, uRead }) => ({
        applied: ofApplied * applied,
        uApplied: ofApplied * uApplied,
        read: ofRead * read,
        uRead: ofRead * uRead,
      }));
      const [a, b] = [yorkLine('a/b', points), yorkLine('a/b', scaled)];
      const k = ofApplied / ofRead;
      t.true(close(b.fit.terms[0]?.coefficient ?? 0, k * (a.fit.terms[0]?.coefficient ?? 0)));
      t.true(close(b.fit.covariance[1]?.[1] ?? 0, k * k * (a.fit.covariance[1]?.[1] ?? 0), 1e-5));
      t.true(close(b.fit.covariance[0]?.[0] ?? 0, ofApplied ** 2 * (a.fit.covariance[0]?.[0] ?? 0), 1e-5));
      t.true(Math.abs(a.goodness - b.goodness) < 1e-5);
    }),
  );
});

test('the covariance is that of something that exists', (t) => {
  fc.assert(
    fc.property(line, (one) => {
      const [[aa = 0, ab = 0] = [], [ba = 0, bb = 0] = []] = yorkLine('a/b', pointsOf(one, 1)).fit.covariance;
      t.true(aa > 0 && bb > 0 && ab === ba && aa * bb - ab * ba > 0);
    }),
  );
});

const onLine = [0, 10, 20, 30, 40].map((applied) => ({ applied, uApplied: 0.1, read: 2 * applied + 1, uRead: 0.1 }));

test('a point that its uncertainty cannot explain is refused by its concentration', (t) => {
  const wrong = onLine.map((one) => (one.applied === 20 ? { ...one, read: one.read + 3 } : one));
  t.throws(() => fitMultiPoint('nh3/ammonia', wrong), {
    message: /nh3\/ammonia: the point at 20 .*previous calibration stands/,
  });
  t.notThrows(() => yorkLine('nh3/ammonia', wrong));
});

test('two points, points of one level and points without uncertainty are refused', (t) => {
  t.throws(() => fitMultiPoint('a/b', onLine.slice(0, 2)), { message: /needs 3/ });
  t.throws(
    () =>
      fitMultiPoint(
        'a/b',
        onLine.map((one) => ({ ...one, applied: 20, read: 41 })),
      ),
    { message: /three levels/ },
  );
  t.throws(
    () =>
      fitMultiPoint(
        'a/b',
        onLine.map((one) => ({ ...one, uApplied: 0, uRead: 0 })),
      ),
    { message: /no uncertainty/ },
  );
});

const before = fitTwoPoint(
  'a/b',
  { applied: 0, uApplied: 0, read: 0.4, uRead: 0.03 },
  { applied: 25, uApplied: 0.5, read: 22.4, uRead: 0.03 },
);
const shownAt = (applied: number, shown: number) => ({
  applied,
  uApplied: 0.02 * applied,
  read: shown,
  uRead: 0.03,
  shown,
  uShown: 0.1,
});
const tolerances = { tolerance: 0.1, zeroTolerance: 0.5, unit: 'ppm' };

test('one gain is put in force only when it is right at a second level', (t) => {
  const span = [shownAt(25, 20)];
  const fit = fitGain(before, { span, second: [shownAt(10, 8.2)], tolerances });
  t.true(close(fit.terms[0]?.coefficient ?? 0, 1.25 * (before.terms[0]?.coefficient ?? 0)));
  t.true((fit.covariance[1]?.[1] ?? 0) > 1.25 ** 2 * (before.covariance[1]?.[1] ?? 0));
  t.throws(() => fitGain(before, { span, second: [], tolerances }), {
    message: /second level .* needed.*previous calibration stands/,
  });
  t.throws(() => fitGain(before, { span, second: [shownAt(26, 20)], tolerances }), { message: /second level/ });
  t.throws(() => fitGain(before, { span, second: [shownAt(10, 11)], tolerances }), {
    message: /13\.75 ppm was shown for 10 ppm/,
  });
});
