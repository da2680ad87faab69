/** Pixels to the numbers that a model takes, by its card. */
import type { TensorData, TensorInfo } from '../ports/infer.ts';
import { quantise } from '../tflite/quantise.ts';
import type { Picture } from '../values/frame.ts';

export interface PixelValues {
  readonly channels: 'rgb' | 'bgr';
  readonly values: 'bytes' | { readonly mean: readonly number[]; readonly std: readonly number[] };
}

/** A picture of the input's size as a tensor of its own: a model may still be reading the one before. */
export type ToTensor = (picture: Picture) => TensorData;

/**
 * A byte has 256 values, so what each becomes in each channel is a table, made once: any normalisation and quantisation
 * costs the same. A tensor without quantisation holds float32; `bytes` needs none.
 */
export function toTensor(info: TensorInfo, { channels, values }: PixelValues): ToTensor {
  const length = info.shape.reduce((product, size) => product * size, 1);
  const [red, green, blue] = [0, 1, 2].map((channel) => table(info, values, channel)) as [Table, Table, Table];
  const turned = channels === 'bgr';
  return ({ rgb }) => {
    if (rgb.length !== length) throw new RangeError(`a picture of ${rgb.length} bytes was given; it takes ${length}`);
    const out = empty(info.type, length);
    const [first, third] = turned ? [2, 0] : [0, 2];
    for (let i = 0; i < length; i += 3) {
      out[i + first] = red[rgb[i] as number] as number;
      out[i + 1] = green[rgb[i + 1] as number] as number;
      out[i + third] = blue[rgb[i + 2] as number] as number;
    }
    return out;
  };
}

const empty = (type: TensorInfo['type'], length: number): Table =>
  type === 'float32' ? new Float32Array(length) : type === 'int8' ? new Int8Array(length) : new Uint8Array(length);

type Table = Float32Array | Int8Array | Uint8Array;

function table({ type, quantisation }: TensorInfo, values: PixelValues['values'], channel: number): Table {
  const bytes = Float32Array.from({ length: 256 }, (_, value) => value);
  if (values === 'bytes') {
    if (type === 'float32') return bytes;
    return type === 'int8' ? Int8Array.from(bytes, (value) => value - 128) : Uint8Array.from(bytes);
  }
  const real = bytes.map((value) => (value - (values.mean[channel] ?? 0)) / (values.std[channel] ?? 1));
  if (type === 'float32' || !quantisation) return real;
  const stored = type === 'int8' ? new Int8Array(256) : new Uint8Array(256);
  quantise(real, quantisation, stored);
  return stored;
}

/** What is still to be done to a model's numbers; `classes` of them stand side by side. */
export function activated(
  values: Float32Array,
  activation: 'none' | 'softmax' | 'sigmoid',
  classes: number,
): Float32Array {
  if (activation === 'sigmoid') return values.map((value) => 1 / (1 + Math.exp(-value)));
  if (activation === 'none') return values;
  const out = new Float32Array(values.length);
  for (let at = 0; at < values.length; at += classes) {
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) top = Math.max(top, values[at + k] as number);
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += out[at + k] = Math.exp((values[at + k] as number) - top);
    for (let k = 0; k < classes; k++) out[at + k] = (out[at + k] as number) / sum;
  }
  return out;
}
