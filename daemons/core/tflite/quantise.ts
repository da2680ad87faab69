import type { TensorData, TensorInfo } from '../ports/infer.ts';

type Quantisation = NonNullable<TensorInfo['quantisation']>;

const limits = { int8: [-128, 127], uint8: [0, 255] } as const;

/**
 * Writes `values` into `out` as the model stores them: round(value / scale) + zeroPoint, half away from zero as
 * TensorFlow Lite does, clamped to the type's range. Errors: RangeError for NaN, which no integer can stand for.
 */
export function quantise(
  values: ArrayLike<number>,
  { scale, zeroPoint }: Quantisation,
  out: Int8Array | Uint8Array,
): void {
  const [low, high] = out instanceof Int8Array ? limits.int8 : limits.uint8;
  for (let i = 0; i < out.length; i++) {
    const real = (values[i] ?? Number.NaN) / scale;
    const rounded = zeroPoint + (real < 0 ? -Math.round(-real) : Math.round(real));
    if (Number.isNaN(rounded)) throw new RangeError(`value ${i} is not a number and cannot be quantised`);
    out[i] = rounded < low ? low : rounded > high ? high : rounded;
  }
}

/** Writes the real values of a tensor into `out`; a tensor without quantisation is copied. */
export function dequantise(data: TensorData, quantisation: Quantisation | null, out: Float32Array): void {
  if (quantisation === null) {
    out.set(data);
    return;
  }
  const { scale, zeroPoint } = quantisation;
  for (let i = 0; i < out.length; i++) out[i] = ((data[i] ?? 0) - zeroPoint) * scale;
}
