import test from 'ava';
import fc from 'fast-check';
import { type ArrayWindow, featureNames, features } from '../../daemons/gas/features.ts';

const window = (change: Partial<ArrayWindow> = {}): ArrayWindow => ({
  ratios: [new Float64Array(10).fill(1), new Float64Array(10).fill(0.5)],
  baseline: Float64Array.of(1, 1),
  temperatureC: 30,
  humidityGm3: 10 * Math.E,
  ...change,
});

const close = (a: number | undefined, b: number): boolean => Math.abs((a ?? Number.NaN) - b) < 1e-5;

test('the order is levels, slopes, temperature, humidity, and the names say so', (t) => {
  t.deepEqual(featureNames(['mox-1', 'mox-2']), [
    'level(mox-1)',
    'level(mox-2)',
    'slope(mox-1)',
    'slope(mox-2)',
    'temperature',
    'humidity',
  ]);
  t.is(features(window())?.length, featureNames(['mox-1', 'mox-2']).length);
});

test('level is the signed logarithm of the rise in conductance, in units of 5 percent', (t) => {
  const vector = features(window());
  t.is(vector?.[0], 0);
  // Half the resistance is one more conductance: 1 / 0.05 = 20 units.
  t.true(close(vector?.[1], Math.log(21)));
});

test('an element that conducts less than in clean air has a negative level', (t) => {
  const vector = features(window({ baseline: Float64Array.of(0.8, 0.5) }));
  t.true(close(vector?.[0], -Math.log(1 + 0.2 / 0.05)));
  t.is(vector?.[1], 0);
});

test('slope is how much the conductance grew from one half of the window to the other', (t) => {
  const rising = Float64Array.from({ length: 10 }, (_, i) => (i < 5 ? 1 : 0.8));
  const vector = features(window({ ratios: [rising, rising.toReversed()] }));
  t.true(close(vector?.[2], Math.log(1 + 0.25 / 0.02)));
  t.true(close(vector?.[3], -Math.log(1 + 0.25 / 0.02)));
});

test('temperature and humidity are centred where the compensation is', (t) => {
  const vector = features(window());
  t.true(close(vector?.[4], 1));
  t.true(close(vector?.[5], 1));
});

test('two gaps of five change nothing, three leave no judgement', (t) => {
  const gaps = (count: number): Float64Array =>
    Float64Array.from({ length: 10 }, (_, i) => (i < count ? Number.NaN : 0.5));
  const two = features(window({ ratios: [new Float64Array(10).fill(1), gaps(2)] }));
  t.deepEqual(two, features(window()));
  t.is(features(window({ ratios: [new Float64Array(10).fill(1), gaps(3)] })), null);
});

test('one wild sample does not move the level', (t) => {
  const wild = new Float64Array(10).fill(0.5);
  wild[3] = 40;
  t.deepEqual(features(window({ ratios: [new Float64Array(10).fill(1), wild] })), features(window()));
});

test('without climate or baseline there is no judgement', (t) => {
  t.is(features(window({ temperatureC: Number.NaN })), null);
  t.is(features(window({ humidityGm3: 0 })), null);
  t.is(features(window({ baseline: Float64Array.of(1, 0) })), null);
  t.is(features(window({ baseline: Float64Array.of(1) })), null);
});

test('whatever the window holds, every feature is a number or there is no vector', (t) => {
  const ratio = fc.oneof(fc.double(), fc.double({ min: 0, max: 3, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(fc.array(ratio, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
      fc.array(ratio, { minLength: 3, maxLength: 3 }),
      fc.tuple(fc.double(), fc.double()),
      (ratios, baseline, [temperatureC, humidityGm3]) => {
        const vector = features({
          ratios: ratios.map((samples) => Float64Array.from(samples)),
          baseline: Float64Array.from(baseline),
          temperatureC,
          humidityGm3,
        });
        return vector === null || vector.every(Number.isFinite);
      },
    ),
  );
  t.pass();
});
