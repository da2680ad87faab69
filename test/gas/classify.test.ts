import test from 'ava';
import { classify } from '../../daemons/gas/classify.ts';

const window = {
  ratios: [new Float64Array(10).fill(0.5)],
  baseline: Float64Array.of(1),
  temperatureC: 20,
  humidityGm3: 10,
};

test('a window becomes probabilities and the sum of the targets', (t) => {
  const asked: number[][] = [];
  const model = {
    classify: (vector: Float32Array) => {
      asked.push([...vector]);
      return Float32Array.of(0.25, 0.5, 0.25);
    },
    target: (probabilities: ArrayLike<number>) => (probabilities[1] ?? 0) + (probabilities[2] ?? 0),
  };
  const said = classify(model, window);
  t.deepEqual([...(said?.probabilities ?? [])], [0.25, 0.5, 0.25]);
  t.is(said?.target, 0.75);
  t.is(asked.length, 1);
  t.is(asked[0]?.length, 4);
});

test('a window that cannot be judged is not shown to the model', (t) => {
  const model = {
    classify: (): Float32Array => {
      throw new TypeError('was asked');
    },
    target: () => 0,
  };
  t.is(classify(model, { ...window, temperatureC: Number.NaN }), null);
});
