/**
 * The network and its gradient: 3 x 3 convolutions with ReLU, then one number a cell. A convolution is a matrix product for
 * every row of its result and every row of its kernel: three neighbouring pixels lie side by side in memory, so no patch is copied.
 */
import { type Random, uniform } from '../../../daemons/tools/simulate/random.ts';
import { columns, openKernel } from './kernel.ts';

export interface Conv {
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: 1 | 2;
  readonly dilation: number;
}

/** Eighths of the picture in three halvings, then ever wider looks: a cell sees 159 pixels of its surroundings. */
export const convs: readonly Conv[] = [
  { inputs: 3, outputs: 16, stride: 2, dilation: 1 },
  { inputs: 16, outputs: 32, stride: 2, dilation: 1 },
  { inputs: 32, outputs: 48, stride: 2, dilation: 1 },
  { inputs: 48, outputs: 48, stride: 1, dilation: 1 },
  { inputs: 48, outputs: 48, stride: 1, dilation: 2 },
  { inputs: 48, outputs: 48, stride: 1, dilation: 4 },
  { inputs: 48, outputs: 48, stride: 1, dilation: 2 },
];
export const stride = 8;
const last = convs.at(-1)?.outputs ?? 0;

/** Padding before and after, as TensorFlow Lite's SAME has it for even sides. */
const paddingOf = ({ stride: step, dilation }: Conv): readonly [before: number, after: number] =>
  step === 2 ? [0, 1] : [dilation, dilation];

/** A picture-like array with a border of zeros, in floats of the kernel's memory. */
interface Plane {
  readonly at: number;
  readonly side: number;
  readonly padded: number;
  readonly before: number;
  readonly channels: number;
}

interface Layer {
  readonly conv: Conv;
  readonly input: Plane;
  readonly output: Plane;
  readonly inputGrad: Plane;
  readonly outputGrad: Plane;
  readonly weights: number;
  readonly turned: number;
  readonly grad: number;
  /** Into `params`. */
  readonly param: number;
}

interface RowBack {
  /** Where the row of slopes lies. */
  readonly row: number;
  readonly wanted: boolean;
}

const weightsOf = ({ inputs, outputs }: Conv): number => 9 * inputs * outputs;
const sizeOf = (plane: Plane): number => plane.padded ** 2 * plane.channels;

export interface Net {
  readonly side: number;
  readonly cells: number;
  /** Of each convolution its weights [3][3][inputs][outputs] and biases, then those of the last number. */
  readonly params: Float32Array;
  readonly grads: Float32Array;
  /** Takes over changed `params`. */
  settle(): void;
  /** Logits of the cells, until the next call; the picture is [side][side][3]. */
  forward(picture: Float32Array): Float32Array;
  /** Adds to `grads`, for the picture that was last looked at. */
  backward(of: Float32Array): void;
  /** Results of convolution `i` of the last picture, one row after the other. */
  rows(i: number): Iterable<Float32Array>;
}

/** A network for square pictures. Weights are drawn by He's rule. */
export async function openNet(side: number, random: Random): Promise<Net> {
  let floats = 0;
  const room = (count: number): number => {
    const at = floats;
    // Vectors are loaded from whole sixteens of bytes.
    floats += Math.ceil(count / 4) * 4 + 4;
    return at;
  };
  const planes = convs.map((conv, i): Plane => {
    const size = side / convs.slice(0, i).reduce((all, one) => all * one.stride, 1);
    const [before, after] = paddingOf(conv);
    return { at: 0, side: size, padded: size + before + after, before, channels: conv.inputs };
  });
  const cellSide = side / stride;
  planes.push({ at: 0, side: cellSide, padded: cellSide, before: 0, channels: last });
  const placed = (): Plane[] => planes.map((plane) => ({ ...plane, at: room(sizeOf(plane)) }));
  const [values, slopes] = [placed(), placed()];
  let param = 0;
  const layers = convs.map((conv, i): Layer => {
    const count = weightsOf(conv);
    const layer = {
      ...{ conv, input: values[i] as Plane, output: values[i + 1] as Plane, param },
      ...{ inputGrad: slopes[i] as Plane, outputGrad: slopes[i + 1] as Plane },
      ...{ weights: room(count), turned: room(count), grad: room(count) },
    };
    param += count + conv.outputs;
    return layer;
  });
  const head = param;
  const { gemm, memory } = await openKernel(4 * floats);
  const f = new Float32Array(memory);
  const params = drawn(new Float32Array(head + last + 1), layers, random);
  const grads = new Float32Array(params.length);
  const logits = new Float32Array(cellSide ** 2);
  const top = values.at(-1) as Plane;
  const topGrad = slopes.at(-1) as Plane;

  const settle = (): void => {
    for (const { conv, weights, turned, param: from } of layers) {
      const { inputs, outputs } = conv;
      f.set(params.subarray(from, from + weightsOf(conv)), weights);
      for (let tap = 0; tap < 9; tap++)
        for (let c = 0; c < inputs; c++)
          for (let o = 0; o < outputs; o++)
            f[turned + (tap * outputs + o) * inputs + c] = params[from + (tap * inputs + c) * outputs + o] as number;
    }
  };

  const rowAt = ({ at, padded, before, channels }: Plane, y: number): number =>
    at + ((y + before) * padded + before) * channels;

  /** What of a kernel's row is one product: all three pixels where they are neighbours, else one after the other. */
  const runsOf = ({ inputs, dilation }: Conv): { readonly runs: number; readonly k: number } =>
    dilation === 1 ? { runs: 1, k: 3 * inputs } : { runs: 3, k: inputs };

  const convolveRow = ({ conv, input, output, weights }: Layer, y: number, row: number): void => {
    const { inputs, outputs, stride: step, dilation } = conv;
    const { runs, k } = runsOf(conv);
    for (let dy = 0; dy < 3; dy++)
      for (let run = 0; run < runs; run++) {
        const from = input.at + ((y * step + dy * dilation) * input.padded + run * dilation) * inputs;
        const by = weights + (dy * 3 + run) * inputs * outputs;
        gemm(
          ...([4 * from, 4 * step * inputs, 4, 4 * by, 4 * outputs] as const),
          ...([4 * row, 4 * outputs, output.side, k, outputs] as const),
        );
      }
  };

  const convolve = (layer: Layer): void => {
    const { conv, output, param: from } = layer;
    const bias = params.subarray(from + weightsOf(conv), from + weightsOf(conv) + conv.outputs);
    for (let y = 0; y < output.side; y++) {
      const row = rowAt(output, y);
      for (let x = 0; x < output.side; x++) f.set(bias, row + x * conv.outputs);
      convolveRow(layer, y, row);
      for (let at = row; at < row + output.side * conv.outputs; at++) if ((f[at] as number) < 0) f[at] = 0;
    }
  };

  const forward = (picture: Float32Array): Float32Array => {
    const first = values[0] as Plane;
    for (let y = 0; y < side; y++) f.set(picture.subarray(3 * y * side, 3 * (y + 1) * side), rowAt(first, y));
    for (const layer of layers) convolve(layer);
    for (let cell = 0; cell < logits.length; cell++) {
      let sum = params[head + last] as number;
      for (let c = 0; c < last; c++) sum += (f[top.at + cell * last + c] as number) * (params[head + c] as number);
      logits[cell] = sum;
    }
    return logits;
  };

  /** Where ReLU held a value at 0 nothing flows back. */
  const masked = (value: Plane, grad: Plane): void => {
    for (let y = 0; y < value.side; y++) {
      const [row, to] = [rowAt(value, y), rowAt(grad, y)];
      for (let x = 0; x < value.side * value.channels; x++) if (f[row + x] === 0) f[to + x] = 0;
    }
  };

  const biasBack = ({ conv, output, param }: Layer, row: number): void => {
    const at = param + weightsOf(conv);
    for (let x = 0; x < output.side; x++)
      for (let o = 0; o < conv.outputs; o++)
        grads[at + o] = (grads[at + o] as number) + (f[row + x * conv.outputs + o] as number);
  };

  /** From one row of slopes of the result to the kernel, and to the input where somebody wants it. */
  const rowBack = ({ conv, input, inputGrad, output, turned, grad }: Layer, y: number, of: RowBack): void => {
    const { inputs, outputs, stride: step, dilation } = conv;
    const { runs, k } = runsOf(conv);
    for (let dy = 0; dy < 3; dy++) {
      const at = (y * step + dy * dilation) * input.padded;
      for (let run = 0; run < runs; run++)
        gemm(
          ...([4 * (input.at + (at + run * dilation) * inputs), 4, 4 * step * inputs] as const),
          ...([4 * of.row, 4 * outputs, 4 * (grad + (dy * 3 + run) * inputs * outputs), 4 * outputs] as const),
          ...([k, output.side, outputs] as const),
        );
      for (let dx = 0; of.wanted && dx < 3; dx++)
        gemm(
          ...([4 * of.row, 4 * outputs, 4, 4 * (turned + (dy * 3 + dx) * inputs * outputs), 4 * inputs] as const),
          ...([4 * (inputGrad.at + (at + dx * dilation) * inputs), 4 * step * inputs] as const),
          ...([output.side, outputs, inputs] as const),
        );
    }
  };

  const flowBack = (layer: Layer, i: number): void => {
    const { inputGrad, output, outputGrad } = layer;
    masked(output, outputGrad);
    f.fill(0, inputGrad.at, inputGrad.at + sizeOf(inputGrad));
    for (let y = 0; y < output.side; y++) {
      const row = rowAt(outputGrad, y);
      biasBack(layer, row);
      // The picture itself needs no slope.
      rowBack(layer, y, { row, wanted: i > 0 });
    }
  };

  const backward = (of: Float32Array): void => {
    for (let cell = 0; cell < of.length; cell++) {
      const slope = of[cell] as number;
      grads[head + last] = (grads[head + last] as number) + slope;
      for (let c = 0; c < last; c++) {
        grads[head + c] = (grads[head + c] as number) + slope * (f[top.at + cell * last + c] as number);
        f[topGrad.at + cell * last + c] = slope * (params[head + c] as number);
      }
    }
    for (let i = layers.length - 1; i >= 0; i--) {
      const layer = layers[i] as Layer;
      const count = weightsOf(layer.conv);
      f.fill(0, layer.grad, layer.grad + count);
      flowBack(layer, i);
      for (let w = 0; w < count; w++)
        grads[layer.param + w] = (grads[layer.param + w] as number) + (f[layer.grad + w] as number);
    }
  };

  function* rowsOf(i: number): Iterable<Float32Array> {
    const plane = values[i + 1] as Plane;
    for (let y = 0; y < plane.side; y++) {
      const at = rowAt(plane, y);
      yield f.subarray(at, at + plane.side * plane.channels);
    }
  }

  settle();
  return { side, cells: cellSide, params, grads, settle, forward, backward, rows: rowsOf };
}

function drawn(params: Float32Array, layers: readonly Layer[], from: Random): Float32Array {
  let random = from;
  for (const { conv, param } of layers) {
    const reach = Math.sqrt(6 / (9 * conv.inputs));
    for (let w = 0; w < weightsOf(conv); w++) {
      const [value, next] = uniform(random);
      random = next;
      params[param + w] = reach * (2 * value - 1);
    }
  }
  for (let c = 0; c < last; c++) {
    const [value, next] = uniform(random);
    random = next;
    params[params.length - last - 1 + c] = 0.1 * (2 * value - 1);
  }
  // Cells of a plot are few.
  params[params.length - 1] = -2;
  return params;
}

if (convs.some(({ outputs }) => outputs % columns !== 0))
  throw new RangeError(`outputs must be multiples of ${columns}`);
