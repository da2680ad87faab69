/** A window of a picture at another size, in the ways that models were trained and measured with. */
import type { Picture, PixelBox } from '../values/frame.ts';

/**
 * `bilinear`: as TensorFlow Lite's RESIZE_BILINEAR without align_corners and half_pixel_centers, and without smoothing:
 * published scores of older models were made so. `bilinear-half-pixel`: the same with half_pixel_centers, as OpenCV's
 * INTER_LINEAR. `area`: the mean of what a pixel covers, as OpenCV's INTER_AREA when it shrinks. `nearest`: the pixel at
 * the corner, as TensorFlow Lite's RESIZE_NEAREST_NEIGHBOR.
 */
export type ResizeMethod = 'bilinear' | 'bilinear-half-pixel' | 'area' | 'nearest';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const wholeOf = ({ width, height }: Size): PixelBox => ({ x0: 0, y0: 0, x1: width, y1: height });

/** For each pixel of the result the pixels of the source it is mixed from, and with what weights. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float32Array;
  readonly most: number;
}

/** The window, of whole pixels inside the picture, resized. One of the wanted size is only copied. */
export function resize(picture: Picture, window: PixelBox, to: Size, method: ResizeMethod): Picture {
  const { width, height } = to;
  const from = { width: window.x1 - window.x0, height: window.y1 - window.y0 };
  if (from.width === width && from.height === height) return cut(picture, window);
  const along = taps(window.x0, from.width, width, method);
  const down = taps(window.y0, from.height, height, method);
  const rgb = new Uint8Array(3 * width * height);
  // Each source row is mixed along once, and kept while rows of the result still need it.
  const rows = new Map<number, Float32Array>();
  for (let y = 0; y < height; y++) {
    const first = down.first[y] as number;
    const count = down.count[y] as number;
    for (const row of rows.keys()) if (row < first) rows.delete(row);
    const sum = new Float32Array(3 * width);
    for (let k = 0; k < count; k++) {
      const row = first + k;
      let mixed = rows.get(row);
      if (!mixed) {
        mixed = mixRow(picture, row, along, width);
        rows.set(row, mixed);
      }
      const weight = down.weights[y * down.most + k] as number;
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + weight * (mixed[i] as number);
    }
    for (let i = 0; i < sum.length; i++) rgb[3 * y * width + i] = Math.floor((sum[i] as number) + 0.5);
  }
  return { width, height, rgb };
}

/** The pixels of a window, copied. */
export function cut({ width, rgb }: Picture, { x0, y0, x1, y1 }: PixelBox): Picture {
  const out = new Uint8Array(3 * (x1 - x0) * (y1 - y0));
  for (let y = y0; y < y1; y++)
    out.set(rgb.subarray(3 * (y * width + x0), 3 * (y * width + x1)), 3 * (y - y0) * (x1 - x0));
  return { width: x1 - x0, height: y1 - y0, rgb: out };
}

function mixRow({ width: stride, rgb }: Picture, row: number, along: Taps, width: number): Float32Array {
  const out = new Float32Array(3 * width);
  for (let x = 0; x < width; x++) {
    const count = along.count[x] as number;
    let at = 3 * (row * stride + (along.first[x] as number));
    let [red, green, blue] = [0, 0, 0];
    for (let k = 0; k < count; k++, at += 3) {
      const weight = along.weights[x * along.most + k] as number;
      red += weight * (rgb[at] as number);
      green += weight * (rgb[at + 1] as number);
      blue += weight * (rgb[at + 2] as number);
    }
    out[3 * x] = red;
    out[3 * x + 1] = green;
    out[3 * x + 2] = blue;
  }
  return out;
}

function taps(start: number, from: number, to: number, method: ResizeMethod): Taps {
  const scale = from / to;
  const most = method === 'area' && scale > 1 ? Math.ceil(scale) + 1 : 2;
  const result = {
    first: new Int32Array(to),
    count: new Int32Array(to),
    weights: new Float32Array(to * most),
    most,
  };
  for (let i = 0; i < to; i++) {
    const shares = method === 'area' && scale > 1 ? covered(i, scale, from) : between(i, scale, from, method);
    result.first[i] = start + shares.first;
    result.count[i] = shares.weights.length;
    result.weights.set(shares.weights, i * most);
  }
  return result;
}

interface Shares {
  readonly first: number;
  readonly weights: readonly number[];
}

function between(i: number, scale: number, from: number, method: ResizeMethod): Shares {
  const raw =
    method === 'nearest' ? Math.floor(i * scale) : method === 'bilinear' ? i * scale : (i + 0.5) * scale - 0.5;
  const at = Math.max(0, raw);
  const first = Math.min(Math.floor(at), from - 1);
  const part = at - first;
  return part === 0 || first === from - 1 ? { first, weights: [1] } : { first, weights: [1 - part, part] };
}

function covered(i: number, scale: number, from: number): Shares {
  const [low, high] = [i * scale, Math.min((i + 1) * scale, from)];
  const first = Math.floor(low);
  const last = Math.min(Math.ceil(high), from);
  const weights = Array.from(
    { length: last - first },
    (_, k) => (Math.min(high, first + k + 1) - Math.max(low, first + k)) / (high - low),
  );
  return { first, weights };
}
