/** Graphs of plain convolutional networks in int8: a picture goes in, a map of classes comes out. */
import { asymmetric, type Range } from './dense.ts';
import { quantise } from './quantise.ts';
import type { Quantisation } from './read.ts';
import { activations, type Graph, type GraphOp, type GraphTensor, paddings } from './write.ts';

export interface ConvLayer {
  /** weights[output][row][column][input], as CONV_2D wants them. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly kernel: number;
  readonly inputs: number;
  readonly stride: number;
  readonly dilation: number;
}

export interface ConvShape {
  /** Of the picture, which is square and has three channels. */
  readonly side: number;
  readonly description: string;
}

export const mapNames = { input: 'picture', output: 'map' } as const;

/**
 * ReLU after all layers but the last, softmax over its outputs in every cell. `ranges[0]` is the range of the picture's values, `ranges[i + 1]` that of layer i's result. Each output
 * channel of a layer has a scale of its own, which every runtime since 2019 reads right for CONV_2D.
 */
export function int8Conv(
  layers: readonly ConvLayer[],
  ranges: readonly Range[],
  { side, description }: ConvShape,
): Graph {
  const at = (i: number): Quantisation => asymmetric(ranges[i] ?? [0, 0]);
  const tensors: GraphTensor[] = [
    { name: mapNames.input, shape: [1, side, side, 3], type: 'int8', quantisation: at(0) },
  ];
  const ops = layers.map((layer, i) => {
    const { weights, bias, scales, biasScales } = quantised(layer, at(i).scales[0] ?? 1);
    const none = scales.map(() => 0);
    tensors.push(
      {
        ...{ name: `weights-${i}`, shape: weightShape(layer), type: 'int8', data: weights },
        quantisation: { scales, zeroPoints: none, dimension: 0 },
      },
      {
        ...{ name: `bias-${i}`, shape: [bias.length], type: 'int32', data: bias },
        quantisation: { scales: biasScales, zeroPoints: none, dimension: 0 },
      },
      { name: `conv-${i}`, shape: resultShape(layers, i, side), type: 'int8', quantisation: at(i + 1) },
    );
    return convolution(layer, i, i === layers.length - 1);
  });
  // An int8 SOFTMAX answers in steps of 1/256 from 0: TensorFlow Lite takes no other scale for it.
  const quantisation: Quantisation = { scales: [1 / 256], zeroPoints: [-128], dimension: 0 };
  const last = tensors.length - 1;
  tensors.push({ name: mapNames.output, shape: tensors[last]?.shape ?? [], type: 'int8', quantisation });
  const softmax: GraphOp = { op: 'SOFTMAX', version: 2, inputs: [last], outputs: [last + 1], options: { beta: 1 } };
  return { description, tensors, ops: [...ops, softmax], inputs: [0], outputs: [last + 1] };
}

const weightShape = ({ bias, kernel, inputs }: ConvLayer): number[] => [bias.length, kernel, kernel, inputs];

function resultShape(layers: readonly ConvLayer[], i: number, side: number): number[] {
  const size = layers.slice(0, i + 1).reduce((left, { stride }) => Math.ceil(left / stride), side);
  return [1, size, size, layers[i]?.bias.length ?? 0];
}

function quantised({ weights, bias }: ConvLayer, inputScale: number) {
  const each = weights.length / bias.length;
  const out = new Int8Array(weights.length);
  const scales = Array.from(bias, (_, o) => {
    const of = weights.subarray(o * each, (o + 1) * each);
    const scale = Math.fround(of.reduce((max, w) => Math.max(max, Math.abs(w)), 1e-9) / 127);
    quantise(of, { scale, zeroPoint: 0 }, out.subarray(o * each, (o + 1) * each));
    return scale;
  });
  const biasScales = scales.map((scale) => Math.fround(scale * inputScale));
  const most = 2 ** 31 - 1;
  const whole = Int32Array.from(bias, (value, o) =>
    Math.max(-most, Math.min(most, Math.round(value / (biasScales[o] ?? 1)))),
  );
  return { weights: out, bias: whole, scales, biasScales };
}

/** Tensors come in threes after the input: weights, bias, result. */
const convolution = ({ stride, dilation }: ConvLayer, i: number, last: boolean): GraphOp => ({
  op: 'CONV_2D',
  version: 3,
  inputs: [3 * i, 3 * i + 1, 3 * i + 2],
  outputs: [3 * i + 3],
  options: {
    ...{ padding: paddings.same, strideW: stride, strideH: stride, dilationW: dilation, dilationH: dilation },
    activation: last ? activations.none : activations.relu,
  },
});
