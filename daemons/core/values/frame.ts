import type { Stamp } from './stamp.ts';

/** Pixels row by row from the top left, three bytes each: red, green, blue. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** One picture of a source. The newest wins: `dropped` counts what the source left out since the frame before. */
export interface Frame {
  readonly source: string;
  /** Counts what the source captured, dropped ones too. */
  readonly seq: number;
  /** The middle of the exposure as far as it is known; the stamp's bound says how far. */
  readonly at: Stamp;
  readonly dropped: number;
  readonly picture: Picture;
}

/** A box in pixels of the whole picture, half open: [x0, x1) by [y0, y1). */
export interface PixelBox {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** What a vision model found in a picture. `outline` is closed by its first point; absent where the model gives boxes only. */
export interface Sighting {
  readonly label: string;
  readonly score: number;
  readonly box: PixelBox;
  readonly outline?: readonly (readonly [x: number, y: number])[] | undefined;
}
