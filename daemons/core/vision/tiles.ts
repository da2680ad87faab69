/** Windows of a picture, each as large as a model's input: a plant of 20 pixels is lost when 4000 are shrunk to 224. */
import type { PixelBox } from '../values/frame.ts';
import { type Size, wholeOf } from './resize.ts';

export interface Tiling {
  /** The model's input: pixels are shown to it as they are. */
  readonly tile: Size;
  /** Pixels that neighbours share at least. */
  readonly overlap: number;
}

/**
 * Tiles that cover the whole picture, row by row, none of them reaching beyond it: the last of a row is moved back, so it
 * overlaps more. A picture smaller than a tile is one tile.
 */
export function tilesOf(picture: Size, { tile, overlap }: Tiling): PixelBox[] {
  const columns = starts(picture.width, tile.width, overlap);
  const rows = starts(picture.height, tile.height, overlap);
  return rows.flatMap((y0) =>
    columns.map((x0) => ({
      x0,
      y0,
      x1: Math.min(x0 + tile.width, picture.width),
      y1: Math.min(y0 + tile.height, picture.height),
    })),
  );
}

function starts(whole: number, tile: number, overlap: number): number[] {
  if (whole <= tile) return [0];
  const count = Math.ceil((whole - overlap) / (tile - overlap));
  // Spread evenly: the overlap that is left over is shared by all.
  return Array.from({ length: count }, (_, i) => Math.round((i * (whole - tile)) / (count - 1)));
}

/** When nothing says how large a thing is: what SAHI uses. */
const usualShare = 0.2;
/** Beyond half a tile the number of tiles grows without bound. */
const mostShare = 0.5;

/**
 * Overlap in pixels, so that the largest wanted thing is whole in one tile at least: its size on the ground by the ground
 * sample distance (cm a pixel). A fifth of the tile where either is unknown.
 */
export function overlapOf(tile: Size, thingM: number | null, gsdCm: number | null): number {
  const side = Math.min(tile.width, tile.height);
  const wanted = thingM === null || gsdCm === null ? usualShare * side : (100 * thingM) / gsdCm;
  return Math.round(Math.min(mostShare * side, wanted));
}

/** The whole picture as one window more, for what is larger than a tile; none when one tile is the whole picture. */
export function withFullFrame(picture: Size, tiles: readonly PixelBox[]): PixelBox[] {
  return tiles.length === 1 ? [...tiles] : [wholeOf(picture), ...tiles];
}
