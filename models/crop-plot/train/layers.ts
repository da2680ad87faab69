/** The fitted network as layers of a .tflite file, and the ranges of their results. */
import type { ConvLayer } from '../../../daemons/core/tflite/conv.ts';
import type { Range } from '../../../daemons/core/tflite/dense.ts';
import { convs, type Net } from './net.ts';
import { pixel, tileOf, valuesOf } from './tiles.ts';

/** By how much the file's scores are less sure than the network: logits are divided by it. */
export const tempered = 3;
const half = 2 * tempered;

/** Kernels are learned as [row][column][input][output]; the file wants an output's weights together. */
export function layersOf({ params }: Pick<Net, 'params'>): ConvLayer[] {
  let at = 0;
  const layers = convs.map(({ inputs, outputs, stride, dilation }): ConvLayer => {
    const each = 9 * inputs;
    const weights = new Float32Array(each * outputs);
    for (let w = 0; w < each; w++)
      for (let o = 0; o < outputs; o++) weights[o * each + w] = params[at + w * outputs + o] as number;
    at += each * outputs;
    const bias = params.slice(at, at + outputs);
    at += outputs;
    return { weights, bias, kernel: 3, inputs, stride, dilation };
  });
  // Softmax of -z/2 and z/2 is the logistic function of z: background first, then the plot. An int8 score has 256 steps, and
  // what the network is sure of would fill the last of them: by a lesser z they tell apart where it matters.
  const inputs = params.length - at - 1;
  const weights = Float32Array.from({ length: 2 * inputs }, (_, i) =>
    i < inputs ? -(params[at + i] as number) / half : (params[at + i - inputs] as number) / half,
  );
  const last = params[at + inputs] as number;
  return [
    ...layers,
    { weights, bias: Float32Array.of(-last / half, last / half), kernel: 1, inputs, stride: 1, dilation: 1 },
  ];
}

/** Of half a tempered logit: beyond it a score is 0 or 1 to the last of its 256 steps, and finer steps are left for what is between. */
const mostHalf = 2.5;

/** Smallest and largest value of the picture and of every layer's result, over tiles of the hold-out. */
export function rangesOf(net: Net, { seed, tiles }: { readonly seed: number; readonly tiles: number }): Range[] {
  const most = convs.map(() => 0);
  const values = new Float32Array(3 * net.side * net.side);
  for (let i = 0; i < tiles; i++) {
    net.forward(valuesOf(tileOf(seed + i, net.side).picture, values));
    convs.forEach((_, layer) => {
      for (const row of net.rows(layer)) for (const value of row) if (value > (most[layer] ?? 0)) most[layer] = value;
    });
  }
  const [low, high] = [(0 - pixel.mean) / pixel.std, (255 - pixel.mean) / pixel.std];
  return [[low, high], ...most.map((top): Range => [0, top]), [-mostHalf, mostHalf]];
}
