/** Fits the classifier with TensorFlow.js on one core. Every draw is seeded, so the same windows give the same weights. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import type { DenseLayer, Range } from '../../../daemons/core/tflite/dense.ts';
import { type Random, seeded, uniform } from '../../../daemons/tools/simulate/random.ts';
import type { Labelled } from './windows.ts';

export interface FitOptions {
  readonly hidden: readonly number[];
  readonly classes: number;
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
  readonly seed: number;
}

export interface Fitted {
  readonly layers: readonly DenseLayer[];
  /** Of the features and of every layer's result, over the windows of the fit. */
  readonly ranges: readonly Range[];
}

/** Trains dense layers with ReLU between and softmax at the end, by Adam on cross-entropy, the rate falling linearly. */
export async function fitDense(windows: readonly Labelled[], options: FitOptions): Promise<Fitted> {
  tf.env().set('IS_TEST', true); // It would otherwise advertise on the console.
  await tf.setBackend('cpu');
  const features = windows[0]?.vector.length ?? 0;
  const model = build(features, options);
  const optimizer = tf.train.adam(options.rate);
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  let random = seeded(options.seed);
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    // Never `shuffle: true`: that draws from Math.random.
    const [order, next] = shuffled(windows.length, random);
    random = next;
    const x = tf.tensor2d(concat(order.map((i) => windows[i]?.vector ?? new Float32Array(features))), [
      windows.length,
      features,
    ]);
    const y = tf.tidy(() =>
      tf.oneHot(
        tf.tensor1d(
          order.map((i) => windows[i]?.label ?? 0),
          'int32',
        ),
        options.classes,
      ),
    );
    (optimizer as unknown as { learningRate: number }).learningRate = options.rate * (1 - epoch / options.epochs);
    await model.fit(x, y, { epochs: 1, batchSize: options.batch, shuffle: false, verbose: 0, yieldEvery: 'never' });
    tf.dispose([x, y]);
  }
  const dense = model.layers.map((layer) => weightsOf(layer.name, layer.getWeights()));
  tf.dispose(model.layers.flatMap((layer) => layer.getWeights()));
  return { layers: dense, ranges: rangesOf(windows, dense) };
}

function build(features: number, { hidden, classes, seed }: FitOptions): Sequential {
  const dense = (units: number, i: number, activation: 'relu' | 'softmax'): ReturnType<typeof layers.dense> =>
    layers.dense({
      units,
      activation,
      kernelInitializer: initializers.glorotUniform({ seed: seed + i }),
      ...(i === 0 && { inputShape: [features] }),
    });
  return sequential({
    layers: [...hidden.map((units, i) => dense(units, i, 'relu')), dense(classes, hidden.length, 'softmax')],
  });
}

/** 0 to count - 1 in a seeded order (Fisher-Yates). */
function shuffled(count: number, from: Random): readonly [number[], Random] {
  const order = Array.from({ length: count }, (_, i) => i);
  let random = from;
  for (let i = count - 1; i > 0; i--) {
    const [value, next] = uniform(random);
    random = next;
    const j = Math.floor(value * (i + 1));
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return [order, random];
}

function concat(parts: readonly Float32Array[]): Float32Array {
  const size = parts[0]?.length ?? 0;
  const all = new Float32Array(parts.length * size);
  parts.forEach((part, i) => {
    all.set(part, i * size);
  });
  return all;
}

/** TensorFlow.js keeps a dense kernel as [in, out]; the file wants an output's weights together. */
function weightsOf(name: string, tensors: readonly tf.Tensor[]): DenseLayer {
  const [kernel, bias] = tensors.map((tensor) => tensor.dataSync() as Float32Array);
  if (!kernel || !bias) throw new TypeError(`layer ${name} has no weights`);
  const [outputs, inputs] = [bias.length, kernel.length / bias.length];
  const weights = new Float32Array(kernel.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) weights[o * inputs + i] = kernel[i * outputs + o] ?? 0;
  }
  return { weights, bias: bias.slice() };
}

function rangesOf(windows: readonly Labelled[], dense: readonly DenseLayer[]): Range[] {
  const ranges = Array.from({ length: dense.length + 1 }, (): [number, number] => [0, 0]);
  const widen = (at: number, values: Float32Array): void => {
    const range = ranges[at];
    if (!range) return;
    for (const value of values) {
      if (value < range[0]) range[0] = value;
      if (value > range[1]) range[1] = value;
    }
  };
  for (const { vector } of windows) {
    let values = vector;
    widen(0, values);
    dense.forEach((layer, i) => {
      values = forward(layer, values, i < dense.length - 1);
      widen(i + 1, values);
    });
  }
  return ranges;
}

function forward({ weights, bias }: DenseLayer, values: Float32Array, relu: boolean): Float32Array {
  const result = bias.slice();
  for (let o = 0; o < result.length; o++) {
    let sum = bias[o] ?? 0;
    for (let i = 0; i < values.length; i++) sum += (values[i] ?? 0) * (weights[o * values.length + i] ?? 0);
    result[o] = relu ? Math.max(0, sum) : sum;
  }
  return result;
}
