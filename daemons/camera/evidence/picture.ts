/** The picture of a plot as evidence: cut, shrunk, with its place and time inside, within a budget, named by its hash. */
import { createHash } from 'node:crypto';
import type { Picture, PixelBox } from '../../core/values/frame.ts';
import type { PlotPicture } from '../../core/values/plot.ts';
import { around, shrunk } from './crop.ts';
import { type ExifFacts, withExif } from './exif.ts';

/** What makes a JPEG: `quality` from 1 to 100, as libjpeg counts. */
export type EncodeJpeg = (picture: Picture, quality: number) => Uint8Array;

export interface PictureBudget {
  readonly mostBytes: number;
  readonly mostSide: number;
}

const qualities = [80, 65, 50, 35] as const;
/** Below this a picture shows nothing any more. */
const leastSide = 32;

const sizeOf = ({ width, height }: Picture) => ({ width, height });

/** Null: nothing that shows anything fits the budget. `metresPerPixel`: the finest in the window around the box. */
export function evidencePicture(
  picture: Picture,
  box: PixelBox,
  facts: ExifFacts & { readonly metresPerPixel: number },
  { mostBytes, mostSide, encode }: PictureBudget & { readonly encode: EncodeJpeg },
): PlotPicture | null {
  const window = around(box, picture);
  for (let side = mostSide; side >= leastSide; side = Math.floor(side / 1.5)) {
    const piece = shrunk(picture, window, { metresPerPixel: facts.metresPerPixel, mostSide: side });
    if (!piece) return null;
    for (const quality of qualities) {
      const jpeg = withExif(encode(piece.picture, quality), { ...facts, ...sizeOf(piece.picture) });
      if (jpeg.length > mostBytes) continue;
      return {
        sha256: createHash('sha256').update(jpeg).digest('hex'),
        jpeg: Buffer.from(jpeg).toString('base64'),
        width: piece.picture.width,
        height: piece.picture.height,
        metresPerPixel: Number(piece.metresPerPixel.toFixed(4)),
      };
    }
  }
  return null;
}
