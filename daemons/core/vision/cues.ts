/** What colour and order say of a place in a picture: a second opinion beside a model's, that nothing was trained for. */
import type { Picture, PixelBox } from '../values/frame.ts';
import { cut } from './resize.ts';
import { rowsOf } from './rows.ts';
import { type Infrared, vegetationMask, vegetationOf } from './vegetation.ts';

export interface Cues {
  /** Share of the place that is green beside its surroundings (excess green or NDVI, Otsu), 0 to 1. */
  readonly green: number;
  /** How regular its rows are, 0 to 1, and from row to row, metres; 0 where there are none. */
  readonly rows: number;
  readonly apartM: number;
}

/** A plant of half a metre is two cells or three; order shows in no less. */
const cellM = 0.2;
/** Around the place, so that there is something to part its green from, metres. */
const aroundM = 3;
/** Rows that are searched for, metres: closer ones are drills of a field, wider ones no rows to the eye of a small place. */
const rowsM = [0.8, 6] as const;
/** Of a place that is larger only the middle is looked at: order does not change, and time would grow. */
const mostM = 40;

/** null where a pixel is too coarse for rows, and where nothing is greener than anything else. */
export function cuesOf(
  picture: Picture,
  box: PixelBox,
  metresPerPixel: number,
  infrared: Infrared | null = null,
): Cues | null {
  if (!(metresPerPixel > 0 && metresPerPixel <= 2 * cellM)) return null;
  const step = Math.max(1, Math.round(cellM / metresPerPixel));
  const inner = around(picture, box, 0, mostM / metresPerPixel);
  const outer = around(picture, inner, aroundM / metresPerPixel, Number.POSITIVE_INFINITY);
  if (inner.x1 <= inner.x0 || inner.y1 <= inner.y0) return null;
  const field = vegetationOf(cut(picture, outer), step, infrared);
  const mask = vegetationMask(field);
  // Where nothing stands out by its green, colour has no word.
  if (!mask.includes(1)) return null;
  const [left, top] = [Math.floor((inner.x0 - outer.x0) / step), Math.floor((inner.y0 - outer.y0) / step)];
  const width = Math.min(field.width - left, Math.ceil((inner.x1 - inner.x0) / step));
  const height = Math.min(field.height - top, Math.ceil((inner.y1 - inner.y0) / step));
  const of = new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    of.set(mask.subarray((top + y) * field.width + left, (top + y) * field.width + left + width), y * width);
  const cell = step * metresPerPixel;
  const rows = rowsOf(of, { width, height }, { period: [rowsM[0] / cell, rowsM[1] / cell] });
  return {
    green: of.reduce((sum, one) => sum + one, 0) / of.length,
    rows: rows?.strength ?? 0,
    apartM: (rows?.period ?? 0) * cell,
  };
}

/** Whole pixels of the picture: `more` on each side, and no more than `most` of them along a side, about the middle. */
function around({ width, height }: Picture, { x0, y0, x1, y1 }: PixelBox, more: number, most: number): PixelBox {
  const along = (from: number, to: number, end: number): readonly [number, number] => {
    const [middle, half] = [(from + to) / 2, Math.min((to - from) / 2 + more, most / 2)];
    return [Math.max(0, Math.floor(middle - half)), Math.min(end, Math.ceil(middle + half))];
  };
  const [left, right] = along(x0, x1, width);
  const [top, bottom] = along(y0, y1, height);
  return { x0: left, y0: top, x1: right, y1: bottom };
}
