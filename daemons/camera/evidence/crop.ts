/** The piece of a picture around what was found: no more of it, and no finer than 5 cm a pixel. */
import type { Picture, PixelBox } from '../../core/values/frame.ts';

/** Nobody can be told from another at this size. */
export const finestM = 0.05;
/** Of the found thing's own width, to each side; ours. */
const margin = 0.25;

/** Whole pixels around a box, inside the picture. */
export function around({ x0, y0, x1, y1 }: PixelBox, { width, height }: Pick<Picture, 'width' | 'height'>): PixelBox {
  const [mx, my] = [margin * (x1 - x0), margin * (y1 - y0)];
  return {
    x0: Math.max(0, Math.floor(x0 - mx)),
    y0: Math.max(0, Math.floor(y0 - my)),
    x1: Math.min(width, Math.ceil(x1 + mx)),
    y1: Math.min(height, Math.ceil(y1 + my)),
  };
}

/**
 * The window at a scale at which a pixel covers 5 cm at least and no side is longer than `mostSide`; null where nothing is
 * left of it. `metresPerPixel` is the finest in the window.
 */
export function shrunk(
  picture: Picture,
  window: PixelBox,
  { metresPerPixel, mostSide }: { readonly metresPerPixel: number; readonly mostSide: number },
): { readonly picture: Picture; readonly metresPerPixel: number } | null {
  const [wide, high] = [window.x1 - window.x0, window.y1 - window.y0];
  const scale = Math.max(1, finestM / metresPerPixel, wide / mostSide, high / mostSide);
  const [width, height] = [Math.floor(wide / scale), Math.floor(high / scale)];
  if (!(width >= 1 && height >= 1)) return null;
  const least = metresPerPixel * Math.min(wide / width, high / height);
  return { picture: averaged(picture, window, { width, height }), metresPerPixel: least };
}

/** Each pixel is the mean of the whole ones whose middles it covers. */
function averaged(
  { width: stride, rgb }: Picture,
  { x0, y0, x1, y1 }: PixelBox,
  { width, height }: { readonly width: number; readonly height: number },
): Picture {
  const out = new Uint8Array(3 * width * height);
  const edge = (i: number, from: number, to: number, parts: number): number =>
    from + Math.floor((i * (to - from)) / parts);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = [edge(y, y0, y1, height), edge(y + 1, y0, y1, height)];
    for (let x = 0; x < width; x++) {
      const [left, right] = [edge(x, x0, x1, width), edge(x + 1, x0, x1, width)];
      const n = (bottom - top) * (right - left);
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let row = top; row < bottom; row++)
          for (let at = 3 * (row * stride + left) + c; at < 3 * (row * stride + right); at += 3) sum += rgb[at] ?? 0;
        out[3 * (y * width + x) + c] = Math.round(sum / n);
      }
    }
  }
  return { width, height, rgb: out };
}
