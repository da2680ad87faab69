/** Where something green grows, by colour alone: no model, no training, and so a second opinion beside one. */
import type { Picture } from '../values/frame.ts';

/** One number for each cell of a grid over a picture; a cell is `step` pixels wide and high. */
export interface Field {
  readonly width: number;
  readonly height: number;
  readonly step: number;
  readonly values: Float32Array;
}

/**
 * Excess green, 2g - r - b of chromatic coordinates (Woebbecke et al. 1995), from -1 to 2; black has no colour and is 0.
 * Every `step`th pixel of every `step`th row is read.
 */
export function excessGreen({ width, height, rgb }: Picture, step = 1): Field {
  const [columns, rows] = [Math.ceil(width / step), Math.ceil(height / step)];
  const values = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const at = 3 * (row * step * width + column * step);
      const [r, g, b] = [rgb[at] as number, rgb[at + 1] as number, rgb[at + 2] as number];
      const sum = r + g + b;
      values[row * columns + column] = sum === 0 ? 0 : (2 * g - r - b) / sum;
    }
  return { width: columns, height: rows, step, values };
}

/** Normalised difference vegetation index of two channels, -1 to 1; 0 where both are dark. */
export function ndvi(nearInfrared: ArrayLike<number>, red: ArrayLike<number>): Float32Array {
  return Float32Array.from(nearInfrared, (nir, i) => {
    const sum = nir + (red[i] ?? 0);
    return sum === 0 ? 0 : (nir - (red[i] ?? 0)) / sum;
  });
}

export type Channel = 'red' | 'green' | 'blue';
/** Of a camera whose filter was changed: which channel of its pictures holds near infrared, and which red. */
export interface Infrared {
  readonly nir: Channel;
  readonly red: Channel;
}

const channels: Readonly<Record<Channel, number>> = { red: 0, green: 1, blue: 2 };

/** NDVI where a camera sees near infrared, and else excess green: of every `step`th pixel of every `step`th row. */
export function vegetationOf(picture: Picture, step: number, infrared: Infrared | null): Field {
  if (!infrared) return excessGreen(picture, step);
  const { width, height, rgb } = picture;
  const [columns, rows] = [Math.ceil(width / step), Math.ceil(height / step)];
  const of = (channel: Channel): Uint8Array =>
    Uint8Array.from({ length: columns * rows }, (_, cell) => {
      const [row, column] = [Math.floor(cell / columns), cell % columns];
      return rgb[3 * (row * step * width + column * step) + channels[channel]] as number;
    });
  return { width: columns, height: rows, step, values: ndvi(of(infrared.nir), of(infrared.red)) };
}

const bins = 256;

/**
 * Otsu's threshold (1979): it parts values into two classes so that the variance between them is largest; from there on
 * the upper class begins. null when the values span less than `least`: there is nothing to part.
 */
export function otsu(values: Float32Array, least: number): number | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high - low >= least)) return null;
  const counts = new Float64Array(bins);
  const scale = (bins - 1) / (high - low);
  for (const value of values) {
    const bin = Math.round((value - low) * scale);
    counts[bin] = (counts[bin] as number) + 1;
  }
  return low + (bestCut(counts) + 0.5) / scale;
}

/** The last bin of the lower class. */
function bestCut(counts: Float64Array): number {
  let [total, moment] = [0, 0];
  counts.forEach((count, i) => {
    total += count;
    moment += i * count;
  });
  let [below, momentBelow, best, cut] = [0, 0, -1, 0];
  for (let i = 0; i < counts.length - 1; i++) {
    below += counts[i] as number;
    momentBelow += i * (counts[i] as number);
    if (below === 0 || below === total) continue;
    const apart = momentBelow / below - (moment - momentBelow) / (total - below);
    const between = below * (total - below) * apart * apart;
    // Strictly: of equal cuts the lowest.
    if (between > best) [best, cut] = [between, i];
  }
  return cut;
}

/** Colour noise of a grey scene spans less than this in excess green, and in NDVI. */
const leastSpan = 0.1;

/** 1 where a field is in Otsu's upper class; nothing where the picture has no such contrast. */
export function vegetationMask(field: Field): Uint8Array {
  const from = otsu(field.values, leastSpan);
  return from === null
    ? new Uint8Array(field.values.length)
    : Uint8Array.from(field.values, (value) => Number(value >= from));
}
