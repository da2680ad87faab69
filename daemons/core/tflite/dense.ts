/**
 * Graphs of plain classifiers: dense layers with ReLU between them and a softmax at the end, in float and in int8.
 */
import { quantise } from './quantise.ts';
import type { Quantisation } from './read.ts';
import { activations, type Graph, type GraphOp, type GraphTensor } from './write.ts';

export interface DenseLayer {
  /** weights[output * inputs + input]: an output's weights lie together, as FULLY_CONNECTED wants them. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** Smallest and largest value seen at one place of the network. */
export type Range = readonly [low: number, high: number];

interface Sizes {
  readonly inputs: number;
  readonly outputs: number;
}

const sizesOf = ({ weights, bias }: DenseLayer): Sizes => ({
  inputs: weights.length / bias.length,
  outputs: bias.length,
});

export const names = { input: 'features', output: 'probabilities' } as const;

/** The float graph: input `features` [1, n], output `probabilities` [1, classes]. */
export function floatDense(layers: readonly DenseLayer[], description: string): Graph {
  const [first] = layers.map(sizesOf);
  const tensors: GraphTensor[] = [{ name: names.input, shape: [1, first?.inputs ?? 0], type: 'float32' }];
  const ops = layers.map((layer, i) => {
    const { inputs, outputs } = sizesOf(layer);
    tensors.push(
      { name: `weights-${i}`, shape: [outputs, inputs], type: 'float32', data: layer.weights },
      { name: `bias-${i}`, shape: [outputs], type: 'float32', data: layer.bias },
      { name: `dense-${i}`, shape: [1, outputs], type: 'float32' },
    );
    return fullyConnected(i, layers.length, 1);
  });
  return { description, tensors, ...withSoftmax(tensors, ops, { version: 1 }) };
}

/**
 * The int8 graph. `ranges[0]` is the range of the features, `ranges[i + 1]` that of layer i's result (after ReLU where
 * there is one). Weights have one scale a tensor and FULLY_CONNECTED is version 4: scales by output channel give wrong
 * answers, without an error, on runtimes of the 2.9 line.
 */
export function int8Dense(layers: readonly DenseLayer[], ranges: readonly Range[], description: string): Graph {
  const [first] = layers.map(sizesOf);
  const at = (i: number): Quantisation => asymmetric(ranges[i] ?? [0, 0]);
  const tensors: GraphTensor[] = [
    { name: names.input, shape: [1, first?.inputs ?? 0], type: 'int8', quantisation: at(0) },
  ];
  const ops = layers.map((layer, i) => {
    const { inputs, outputs } = sizesOf(layer);
    const scale = Math.fround(layer.weights.reduce((max, w) => Math.max(max, Math.abs(w)), 1e-9) / 127);
    const biasScale = Math.fround(scale * (at(i).scales[0] ?? 1));
    const weights = new Int8Array(layer.weights.length);
    quantise(layer.weights, { scale, zeroPoint: 0 }, weights);
    const bias = Int32Array.from(layer.bias, (value) => Math.round(value / biasScale));
    tensors.push(
      { name: `weights-${i}`, shape: [outputs, inputs], type: 'int8', data: weights, quantisation: symmetric(scale) },
      { name: `bias-${i}`, shape: [outputs], type: 'int32', data: bias, quantisation: symmetric(biasScale) },
      { name: `dense-${i}`, shape: [1, outputs], type: 'int8', quantisation: at(i + 1) },
    );
    return fullyConnected(i, layers.length, 4);
  });
  // An int8 SOFTMAX answers in steps of 1/256 from 0: TensorFlow Lite takes no other scale for it.
  const quantisation: Quantisation = { scales: [1 / 256], zeroPoints: [-128], dimension: 0 };
  return { description, tensors, ...withSoftmax(tensors, ops, { version: 2, quantisation }) };
}

/** Tensors come in threes after the input: weights, bias, result. */
const fullyConnected = (i: number, layers: number, version: number): GraphOp => ({
  op: 'FULLY_CONNECTED',
  version,
  inputs: [3 * i, 3 * i + 1, 3 * i + 2],
  outputs: [3 * i + 3],
  options: { activation: i < layers - 1 ? activations.relu : activations.none },
});

function withSoftmax(
  tensors: GraphTensor[],
  ops: readonly GraphOp[],
  { version, quantisation }: { readonly version: number; readonly quantisation?: Quantisation },
): Pick<Graph, 'ops' | 'inputs' | 'outputs'> {
  const last = tensors.length - 1;
  const before = tensors[last];
  tensors.push({
    name: names.output,
    shape: before?.shape ?? [],
    type: before?.type ?? 'float32',
    ...(quantisation && { quantisation }),
  });
  const softmax: GraphOp = { op: 'SOFTMAX', version, inputs: [last], outputs: [last + 1], options: { beta: 1 } };
  return { ops: [...ops, softmax], inputs: [0], outputs: [last + 1] };
}

export const symmetric = (scale: number): Quantisation => ({ scales: [scale], zeroPoints: [0], dimension: 0 });

/** 256 steps over the range, which is stretched to hold 0 exactly: ReLU and padding rely on it. */
export function asymmetric([low, high]: Range): Quantisation {
  const from = Math.min(0, low);
  const scale = Math.fround(Math.max(Math.max(0, high) - from, 1e-9) / 255);
  const zeroPoint = Math.max(-128, Math.min(127, Math.round(-128 - from / scale)));
  return { scales: [scale], zeroPoints: [zeroPoint], dimension: 0 };
}
