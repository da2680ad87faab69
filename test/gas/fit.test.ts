import test from 'ava';
import fc from 'fast-check';
import { isFault } from '../../daemons/core/ports/fault.ts';
import { type Conversion, calibrate, freshCalibrate } from '../../daemons/gas/calibrate.ts';
import { fitLinear, fitTwoPoint } from '../../daemons/gas/fit.ts';
import { reading } from '../support/readings.ts';

const point = (applied: number, uApplied: number, read: number, uRead: number) => ({ applied, uApplied, read, uRead });

test('a two-point fit gives back its own gases', (t) => {
  const fit = fitTwoPoint('nh3/ammonia', point(0, 0, 0.4, 0.03), point(25, 0.5, 22.4, 0.03));
  const value = (read: number): number => fit.intercept + (fit.terms[0]?.coefficient ?? 0) * read;
  t.true(Math.abs(value(0.4)) < 1e-12);
  t.true(Math.abs(value(22.4) - 25) < 1e-12);
});

test('the uncertainty of a two-point value is the closed form of the guide', (t) => {
  fc.assert(
    fc.property(
      fc.record({
        y0: fc.double({ min: -5, max: 5, noNaN: true }),
        dy: fc.double({ min: 10, max: 100, noNaN: true }),
        c1: fc.double({ min: 1, max: 500, noNaN: true }),
        u0: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
        u1: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
        uc1: fc.double({ min: 0, max: 5, noNaN: true }),
        uy: fc.double({ min: 0, max: 0.5, noNaN: true }),
        r: fc.double({ min: -0.2, max: 1.2, noNaN: true }),
      }),
      ({ y0, dy, c1, u0, u1, uc1, uy, r }) => {
        const fit = fitTwoPoint('a/b', point(0, 0, y0, u0), point(c1, uc1, y0 + dy, u1));
        const conversion: Conversion = {
          sensor: 'a',
          quantity: 'q',
          unit: 'ppm',
          inputs: ['a/b'],
          uInputs: [uy],
          factoryU: null,
          record: { id: 'c', validUntilMs: Number.POSITIVE_INFINITY, fit },
        };
        const [, measurement] = calibrate(freshCalibrate([conversion]), reading('a', 'b', y0 + r * dy));
        const s = dy / c1;
        // sensing.md section 2: u(c)^2 = (uy/S)^2 + ((1-r)^2 u0^2 + r^2 u1^2)/S^2 + r^2 uc1^2
        const expected = Math.sqrt(
          (uy / s) ** 2 + ((1 - r) ** 2 * u0 ** 2 + r ** 2 * u1 ** 2) / s ** 2 + r ** 2 * uc1 ** 2,
        );
        t.true(Math.abs((measurement?.u ?? Number.NaN) - expected) <= 1e-6 * Math.max(1, expected));
        t.true(Math.abs((measurement?.value ?? Number.NaN) - r * c1) <= 1e-6 * Math.max(1, c1));
      },
    ),
  );
});

test('two points that do not differ by more than their noise are refused, and the previous calibration stands', (t) => {
  const error = t.throws(() => fitTwoPoint('nh3/ammonia', point(0, 0, 0.4, 0.5), point(25, 0.5, 0.9, 0.5)));
  t.true(isFault(error) && error.kind === 'refused');
  t.regex(error?.message ?? '', /previous calibration stands/);
});

test('a span gas below the zero gas is refused', (t) => {
  t.throws(() => fitTwoPoint('a/b', point(5, 0, 1, 0.1), point(5, 0, 9, 0.1)), { message: /must be above zero gas/ });
});

test('a linear fit finds the plane behind noiseless rows, whatever their scales', (t) => {
  const rows = Array.from({ length: 60 }, (_, i) => [1000 + 37 * Math.sin(i), 0.001 * Math.cos(3 * i), 20 + (i % 7)]);
  const reference = rows.map(([a = 0, b = 0, c = 0]) => 3 + 0.02 * a - 500 * b + 0.7 * c);
  const fit = fitLinear(['x/a', 'x/b', 'y/c'], rows, reference);
  t.true(Math.abs(fit.intercept - 3) < 1e-6);
  t.deepEqual(
    fit.terms.map((term) => Number(term.coefficient.toFixed(6))),
    [0.02, -500, 0.7],
  );
  t.true(fit.residual < 1e-8);
});

test('channels that say the same thing are refused', (t) => {
  const rows = Array.from({ length: 40 }, (_, i) => [i, 2 * i]);
  t.throws(
    () =>
      fitLinear(
        ['a/a', 'a/b'],
        rows,
        rows.map(([x = 0]) => x),
      ),
    { message: /same thing/ },
  );
});

test('too few rows are refused', (t) => {
  t.throws(() => fitLinear(['a/a'], [[1], [2]], [1, 2]), { message: /too few/ });
});

test('the stated interval of a two-point calibration holds the truth as often as it says', (t) => {
  // 2,000 simulated calibrations of a known line; k = 2 should hold about 95 %. Seeded: the same draw every run.
  let state = 7;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  let held = 0;
  for (let i = 0; i < 2000; i++) {
    const [u0, u1, uc] = [0.05, 0.2, 0.5];
    const fit = fitTwoPoint(
      'a/b',
      point(0, 0, 0.4 + u0 * normal(), u0),
      point(25, uc, 0.4 + 0.88 * (25 + uc * normal()) + u1 * normal(), u1),
    );
    const truth = 30 * uniform();
    const conversion: Conversion = {
      sensor: 'a',
      quantity: 'q',
      unit: 'ppm',
      inputs: ['a/b'],
      uInputs: [0.05],
      factoryU: null,
      record: { id: 'c', validUntilMs: Number.POSITIVE_INFINITY, fit },
    };
    const [, m] = calibrate(freshCalibrate([conversion]), reading('a', 'b', 0.4 + 0.88 * truth + 0.05 * normal()));
    if (Math.abs((m?.value ?? Number.NaN) - truth) <= 2 * (m?.u ?? 0)) held += 1;
  }
  t.true(held / 2000 > 0.935 && held / 2000 < 0.975, `${held / 2000}`);
});
