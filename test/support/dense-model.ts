import { type DenseLayer, floatDense, int8Dense } from '../../daemons/core/tflite/dense.ts';
import { writeTflite } from '../../daemons/core/tflite/write.ts';

/** Numbers in [-1, 1) that are the same in every run (Lehmer, a = 48271). */
export function numbers(count: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  });
}

const layer = (inputs: number, outputs: number, seed: number): DenseLayer => ({
  weights: numbers(inputs * outputs, seed),
  bias: numbers(outputs, seed + 1),
});

/** A small untrained classifier, 6 features to 3 classes: enough to see whether every number gets where it belongs. */
export const layers: readonly DenseLayer[] = [layer(6, 8, 11), layer(8, 3, 23)];

export const floatModel = (): Uint8Array => writeTflite(floatDense(layers, 'a test model'));

/** Quantised for features in [-1, 1]. */
export const int8Model = (): Uint8Array =>
  writeTflite(
    int8Dense(
      layers,
      [
        [-1, 1],
        [0, 4],
        [-4, 4],
      ],
      'a test model',
    ),
  );

/** What `layers` answer, computed in doubles: the independent truth for every engine. */
export function answer(features: Float32Array): number[] {
  let values = Array.from(features);
  layers.forEach(({ weights, bias }, i) => {
    values = Array.from(bias, (b, o) =>
      values.reduce((sum, v, k) => sum + v * (weights[o * values.length + k] ?? 0), b),
    );
    if (i < layers.length - 1) values = values.map((v) => Math.max(0, v));
  });
  const exps = values.map((v) => Math.exp(v - Math.max(...values)));
  const sum = exps.reduce((a, b) => a + b, 0);
  return exps.map((e) => e / sum);
}
