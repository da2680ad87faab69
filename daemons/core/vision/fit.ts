/** How a window of a picture is put into a model's input, and how what the model says of it is brought back. */
import type { Picture, PixelBox } from '../values/frame.ts';
import { type ResizeMethod, resize, type Size } from './resize.ts';

export interface Fit {
  readonly method: ResizeMethod;
  /** `stretch` bends the sides; `letterbox` keeps them and fills what is left, on both sides evenly. */
  readonly shape: 'stretch' | 'letterbox';
  /** Red, green and blue of what is filled. */
  readonly fill: readonly [number, number, number];
}

/** Pixel of the picture = origin + share of the input's side * span. */
export interface Placing {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** What a box may not leave. */
  readonly window: PixelBox;
}

/** The model's input as a picture, and where it lies. */
export function fitted(picture: Picture, window: PixelBox, to: Size, how: Fit): readonly [Picture, Placing] {
  const placing = placingOf(window, to, how.shape);
  if (how.shape === 'stretch') return [resize(picture, window, to, how.method), placing];
  const { inner, left, top } = innerOf(window, to);
  return [framed(resize(picture, window, inner, how.method), to, { left, top, fill: how.fill }), placing];
}

/** Where a window lies in the input, without making it. */
export function placingOf(window: PixelBox, to: Size, shape: Fit['shape']): Placing {
  const from = { width: window.x1 - window.x0, height: window.y1 - window.y0 };
  if (shape === 'stretch') return { x: window.x0, y: window.y0, ...from, window };
  const { inner, left, top } = innerOf(window, to);
  const [perX, perY] = [from.width / inner.width, from.height / inner.height];
  return {
    x: window.x0 - left * perX,
    y: window.y0 - top * perY,
    width: to.width * perX,
    height: to.height * perY,
    window,
  };
}

/** What of the input a letterbox fills with the window. */
function innerOf({ x0, y0, x1, y1 }: PixelBox, to: Size) {
  const scale = Math.min(to.width / (x1 - x0), to.height / (y1 - y0));
  const inner = {
    width: Math.max(1, Math.min(to.width, Math.round((x1 - x0) * scale))),
    height: Math.max(1, Math.min(to.height, Math.round((y1 - y0) * scale))),
  };
  return { inner, left: (to.width - inner.width) >> 1, top: (to.height - inner.height) >> 1 };
}

function framed(
  inner: Picture,
  { width, height }: Size,
  { left, top, fill }: { readonly left: number; readonly top: number; readonly fill: Fit['fill'] },
): Picture {
  if (inner.width === width && inner.height === height) return inner;
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0; i < rgb.length; i += 3) rgb.set(fill, i);
  for (let y = 0; y < inner.height; y++)
    rgb.set(inner.rgb.subarray(3 * y * inner.width, 3 * (y + 1) * inner.width), 3 * ((y + top) * width + left));
  return { width, height, rgb };
}

/** A box in shares of the input's sides as a box of the picture, held inside the window; null if nothing is left of it. */
export function placed(share: PixelBox, { x, y, width, height, window }: Placing): PixelBox | null {
  const within = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
  const box = {
    x0: within(x + share.x0 * width, window.x0, window.x1),
    y0: within(y + share.y0 * height, window.y0, window.y1),
    x1: within(x + share.x1 * width, window.x0, window.x1),
    y1: within(y + share.y1 * height, window.y0, window.y1),
  };
  // Not a number fails here too.
  return box.x1 > box.x0 && box.y1 > box.y0 ? box : null;
}
