import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { exp, ln, ln1p } from '../../../daemons/core/exact/math.ts';

const near = (a: number, b: number): boolean =>
  Object.is(a, b) || Math.abs(a - b) <= Math.abs(b) * 4 * Number.EPSILON + Number.MIN_VALUE;

test('exp, ln and ln1p are within some units in the last place of the built-in ones', (t) => {
  fc.assert(
    fc.property(fc.double({ min: -745, max: 709 }), (x) => t.true(near(exp(x), Math.exp(x)), `exp ${x}`)),
    { numRuns: 3000 },
  );
  fc.assert(
    fc.property(fc.double({ min: 0, noNaN: true }), (x) => {
      t.true(near(ln(x), Math.log(x)), `ln ${x}`);
      t.true(near(ln1p(x), Math.log1p(x)), `ln1p ${x}`);
    }),
    { numRuns: 3000 },
  );
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 2, noNaN: true }), (x) => t.true(near(ln(x), Math.log(x)), `ln ${x}`)),
  );
});

test('the ends are what they are in IEEE 754', (t) => {
  t.is(exp(710), Number.POSITIVE_INFINITY);
  t.is(exp(-746), 0);
  t.is(exp(0), 1);
  t.is(ln(0), Number.NEGATIVE_INFINITY);
  t.is(ln(1), 0);
  t.is(ln(-1), Number.NaN);
  t.is(ln1p(0), 0);
  t.is(ln1p(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
});

test('no step between a reading and a decision uses a function that processors round differently', (t) => {
  const gas = path.join(import.meta.dirname, '../../../daemons/gas');
  // A fit is made once, at the calibration, and its result is recorded.
  const fits = ['fit.ts', 'fit-gain.ts', 'fit-multi-point.ts', 'co-location.ts'];
  const steps = readdirSync(gas).filter((name) => name.endsWith('.ts') && !fits.includes(name));
  const files = [
    ...steps.map((name) => path.join(gas, name)),
    ...['core/telemetry/recorded.ts', 'core/tflite/quantise.ts'].map((name) => path.join(gas, '..', name)),
  ];
  const inexact = /Math\.(exp|expm1|log|log1p|log2|pow|hypot|cbrt|a?(sin|cos|tan)h?|atan2)\b|\*\*/;
  t.deepEqual(
    files.filter((file) => inexact.test(readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''))),
    [],
  );
});
