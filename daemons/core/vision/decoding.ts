import type { VisionOutput } from '../model/vision-card.ts';
import type { PixelBox } from '../values/frame.ts';

/** Of one tile. */
export const mostSightings = 300;
export const wholeShare: PixelBox = { x0: 0, y0: 0, x1: 1, y1: 1 };

/** A tensor's real numbers, dequantised. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface Decoding {
  readonly output: VisionOutput;
  readonly labels: readonly string[];
  /** Which labels are worth a sighting; background never is. */
  readonly wanted: readonly boolean[];
  readonly score: number;
  readonly iou: number;
  /** Of the input, for outputs that count in pixels. */
  readonly input: { readonly width: number; readonly height: number };
}
