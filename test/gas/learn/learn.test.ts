import test from 'ava';
import fc from 'fast-check';
import { openLiteRt } from '../../../daemons/core/adapters/infer.litert.ts';
import { classifier } from '../../../daemons/core/model/classify.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { compile } from '../../../daemons/gas/learn/compile.ts';
import { fitConcentration } from '../../../daemons/gas/learn/concentration.ts';
import { fitDiscriminant } from '../../../daemons/gas/learn/discriminant.ts';
import { type Exposure, firstExposures } from '../../../daemons/gas/learn/exposure.ts';
import { toGrid } from '../../../daemons/gas/learn/grid.ts';
import { momentsOf } from '../../../daemons/gas/learn/moments.ts';
import { foresee, learn } from '../../../daemons/gas/learn/recipe.ts';
import { standardOf } from '../../../daemons/gas/learn/standard.ts';
import { probabilitiesOf, temperatureOf } from '../../../daemons/gas/learn/temperature.ts';

const exposure = (
  label: number,
  ppm: number | null,
  session = 1,
  x: readonly number[] = [label, ppm ?? 0],
): Exposure => ({
  features: Float32Array.from(x),
  label,
  session,
  ppm,
});

test('the first exposures go round the levels before they take a second of any', (t) => {
  const ppm = [10, 10, 20, 30, 20, 10];
  const rows = [...ppm.map((c) => exposure(0, c)), exposure(1, 5)];
  t.deepEqual(firstExposures(rows, 1), [0, 6]);
  t.deepEqual(firstExposures(rows, 4), [0, 1, 2, 3, 6]);
  t.deepEqual(firstExposures(rows, 100), [0, 1, 2, 3, 4, 5, 6]);
  t.deepEqual(firstExposures(rows, 0), []);
});

test('of every gas as many are taken as asked for, or all of it, whatever the levels', (t) => {
  const rows = fc.array(fc.tuple(fc.nat(3), fc.constantFrom(1, 2, 3, null)).map(([gas, ppm]) => exposure(gas, ppm)));
  fc.assert(
    fc.property(rows, fc.nat(8), (all, n) => {
      const chosen = firstExposures(all, n);
      t.is(new Set(chosen).size, chosen.length);
      for (const gas of [0, 1, 2, 3]) {
        const has = all.filter(({ label }) => label === gas).length;
        t.is(chosen.filter((i) => all[i]?.label === gas).length, Math.min(n, has));
      }
    }),
  );
});

const drifted = (session: number, shift: number): Exposure[] =>
  Array.from({ length: 60 }, (_, i) => {
    const label = i % 3;
    const wobble = Math.sin(i * 7.3 + session);
    return exposure(label, 100, session, [
      label === 0 ? 3 : 0,
      (label === 1 ? 3 : 0) + shift,
      wobble + (label === 2 ? 2 : 0),
      wobble + 0.05 * Math.cos(i * 3.1),
    ]);
  });

test('three gases that drift are told apart in the session that comes next', (t) => {
  const earlier = momentsOf([...drifted(1, 0), ...drifted(2, 0.3)]);
  const told = foresee(earlier, drifted(3, 0.5), 0);
  t.is(told.length, 60);
  const right = told.filter(({ scores, label }) => scores.indexOf(Math.max(...scores)) === label).length;
  t.true(right >= 57, `${right}`);
});

test('a gas that nobody has shown gets no score', (t) => {
  const earlier = momentsOf(drifted(1, 0).filter(({ label }) => label !== 1));
  const { labels, found } = learn({ earlier, now: [] });
  t.deepEqual(labels, [0, 2]);
  t.is(found.weights.length, 2);
});

test('a matrix that cannot be solved, and a gas without an exposure, are refused and say why', (t) => {
  const weights = { mean: () => 1, between: () => 1, within: () => 1 };
  const broken = momentsOf([exposure(0, 1, 1, [Number.NaN, 1]), exposure(1, 1, 1, [1, 2])]);
  const matrix = t.throws(() => fitDiscriminant(broken, { gases: 2, noiseFloor: 0.02, weights }));
  t.true(isFault(matrix) && matrix.kind === 'refused');
  t.regex(matrix?.message ?? '', /the covariance of the features cannot be solved: features are not finite/);
  const whole = momentsOf(drifted(1, 0));
  const flat = t.throws(() => fitDiscriminant(whole, { gases: 4, noiseFloor: 0.02, weights }));
  t.true(isFault(flat) && flat.kind === 'refused');
  t.regex(flat?.message ?? '', /gas 3 has no exposure to learn from/);
  // The same value in two features, and no noise: nothing tells them apart.
  const alike = momentsOf([0, 1, 2, 3].map((i) => exposure(i % 2, 1, 1, [i, i])));
  const singular = t.throws(() => fitDiscriminant(alike, { gases: 2, noiseFloor: 0, weights }));
  t.true(isFault(singular) && singular.kind === 'refused');
});

test('the same exposures give the same bytes', (t) => {
  const exposures = [...drifted(1, 0), ...drifted(2, 0.3)];
  const make = () =>
    compile(learn({ earlier: momentsOf(exposures), now: [] }).found, {
      standard: standardOf(exposures),
      temperature: 5,
      exposures,
      description: 'a test',
    });
  t.deepEqual(make(), make());
});

test('temperature makes sure what is right, and unsure what is not', (t) => {
  const judged = (right: number, of: number) =>
    Array.from({ length: of }, (_, i) => ({ scores: Float64Array.of(30, 0), label: i < right ? 0 : 1 }));
  const half = temperatureOf(judged(75, 100));
  const [sure = 0] = probabilitiesOf(Float64Array.of(30, 0), half);
  t.true(sure > 0.45 && sure < 0.8, `${sure}`);
  t.true(temperatureOf(judged(100, 100)) < 2);
});

test('rounding to the grid moves the others so that the answer stays, and each row has steps of its own', (t) => {
  // Two inputs that say nearly the same: only their sum counts.
  const second = [Float64Array.of(1, 0), Float64Array.of(0.999, 1)];
  const rows = toGrid([Float64Array.of(10, -9.87), Float64Array.of(0.31, 0.033)], second);
  for (const { weights, step } of rows)
    for (const value of weights) t.true(Math.abs(value / step - Math.round(value / step)) < 1e-9);
  const [large, small] = rows;
  t.true((small?.step ?? 1) < (large?.step ?? 0) / 30);
  const sum = Array.from(small?.weights ?? []).reduce((a, b) => a + b, 0);
  t.true(Math.abs(sum - 0.343) <= (small?.step ?? 0) / 2 + 1e-9, `${sum}`);
});

test('int8 calls what float calls, also where two gases are nearly even', async (t) => {
  const exposures = [...drifted(1, 0), ...drifted(2, 0.3)];
  const { found } = learn({ earlier: momentsOf(exposures), now: [] });
  const standard = standardOf(exposures);
  const { int8, float } = compile(found, { standard, temperature: 5, exposures, description: 'a test' });
  const infer = await openLiteRt();
  const ask = classifier(await infer.load(int8, 'int8'), { name: 'int8', standard });
  const askFloat = classifier(await infer.load(float, 'float'), { name: 'float', standard });
  let most = 0;
  const [from, to] = [0, 1].map((label) => drifted(3, 0.4).filter((one) => one.label === label));
  for (const [i, one] of (from ?? []).entries())
    for (let share = 0; share <= 1; share += 0.02) {
      // On the way from one gas to the other they are even.
      const x = one.features.map((value, k) => value + share * ((to?.[i]?.features[k] ?? 0) - value));
      const [a, b] = [Array.from(ask(x)), Array.from(askFloat(x))];
      a.forEach((value, k) => {
        most = Math.max(most, Math.abs(value - (b[k] ?? 9)));
      });
    }
  // A step of an int8 probability.
  t.true(most < 1 / 256, `${most}`);
});

test('a concentration is told on the line that the exposures span, and two levels are asked for', (t) => {
  const rows = [10, 20, 40, 80, 160].flatMap((ppm, i) => [exposure(0, ppm, i % 2, [Math.log(ppm), 1])]);
  const ppm = fitConcentration(rows, 0.01)(Float32Array.of(Math.log(60), 1));
  t.true(Math.abs(ppm - 60) < 2, `${ppm}`);
  const error = t.throws(() => fitConcentration([exposure(0, 10)], 0.01));
  t.true(isFault(error));
});
