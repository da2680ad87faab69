/** Which windows are looked at first when there is no time for all. */
import type { Picture, PixelBox } from '../values/frame.ts';
import { type Infrared, vegetationMask, vegetationOf } from './vegetation.ts';

/** Cells along the smallest window: of a tile of 224 every 8th pixel is read, which costs a sixty-fourth. */
const cellsOfWindow = 28;

/** Share of vegetation in each window, 0 to 1 (`vegetationOf`, Otsu). All 0 where nothing stands out. */
export function greenOf(picture: Picture, windows: readonly PixelBox[], infrared: Infrared | null = null): number[] {
  const smallest = Math.min(...windows.map(({ x0, y0, x1, y1 }) => Math.min(x1 - x0, y1 - y0)));
  const step = Math.max(1, Math.floor(smallest / cellsOfWindow));
  const field = vegetationOf(picture, step, infrared);
  const sums = summed(vegetationMask(field), field);
  const cell = (pixel: number, most: number): number => Math.min(most, Math.round(pixel / step));
  return windows.map(({ x0, y0, x1, y1 }) => {
    const [left, right] = [cell(x0, field.width), cell(x1, field.width)];
    const [top, bottom] = [cell(y0, field.height), cell(y1, field.height)];
    const cells = (right - left) * (bottom - top);
    return cells <= 0 ? 0 : sums(left, top, right, bottom) / cells;
  });
}

/** Sums of any rectangle of a mask in four look-ups. */
function summed(
  mask: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): (x0: number, y0: number, x1: number, y1: number) => number {
  const stride = width + 1;
  const sums = new Uint32Array(stride * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += mask[y * width + x] as number;
      sums[(y + 1) * stride + x + 1] = (sums[y * stride + x + 1] as number) + row;
    }
  }
  const at = (x: number, y: number): number => sums[y * stride + x] as number;
  return (x0, y0, x1, y1) => at(x1, y1) - at(x0, y1) - at(x1, y0) + at(x0, y0);
}

/** The `count` most promising windows, the best first; of equal ones the first given. */
export function mostPromising(windows: readonly PixelBox[], promise: readonly number[], count: number): PixelBox[] {
  return windows
    .map((window, i) => ({ window, promise: promise[i] ?? 0 }))
    .toSorted((a, b) => b.promise - a.promise)
    .slice(0, Math.max(0, count))
    .map(({ window }) => window);
}
