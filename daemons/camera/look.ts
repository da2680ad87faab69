/** One picture, one model: which windows are shown to it, and what it says of the whole. */
import { setImmediate as otherWork } from 'node:timers/promises';
import type { VisionModel } from '../core/model/vision.ts';
import type { Picture, PixelBox, Sighting } from '../core/values/frame.ts';
import { mergeTiles } from '../core/vision/merge.ts';
import { overlapOf, tilesOf, withFullFrame } from '../core/vision/tiles.ts';

export interface LookOptions {
  /** Ground sample distance, cm a pixel; null: not known. */
  readonly gsdCm: number | null;
  /** Overlap by the smaller area from which on sightings of tiles are one; SAHI's is 0.5. */
  readonly ios: number;
  /** Which windows are looked at, in which order; absent: all. */
  choose?(picture: Picture, windows: readonly PixelBox[]): readonly PixelBox[];
}

export interface Look {
  readonly sightings: readonly Sighting[];
  /** Windows that cover the picture, and those that were shown to the model. */
  readonly windows: { readonly all: number; readonly looked: number };
}

/** Errors: those of `VisionModel.look`. */
export async function lookAt(picture: Picture, model: VisionModel, options: LookOptions): Promise<Look> {
  const all = windowsOf(picture, model, options.gsdCm);
  const chosen = options.choose?.(picture, all) ?? all;
  const found: Sighting[] = [];
  // While the model's thread looks at one window the next is made ready.
  let next = ahead(picture, model, chosen[0]);
  for (let i = 0; i < chosen.length; i++) {
    const looking = next;
    next = ahead(picture, model, chosen[i + 1]);
    found.push(...(await looking));
    // A model on this thread answers at once: without a pause the process would hear neither feed nor camera for a whole picture.
    await otherWork();
  }
  return { sightings: mergeTiles(found, options.ios), windows: { all: all.length, looked: chosen.length } };
}

function ahead(picture: Picture, model: VisionModel, window: PixelBox | undefined): Promise<readonly Sighting[]> {
  const looking = window ? model.look(picture, window) : Promise.resolve([]);
  // Whoever waits hears of it; one that nobody comes to, since the window before it failed, must not end the process.
  looking.catch(() => {});
  return looking;
}

/** Tiles of the model's size that overlap by what the card's largest thing takes on the ground, and the whole picture. */
export function windowsOf(picture: Picture, { card, input }: VisionModel, gsdCm: number | null): PixelBox[] {
  const { thingM = null, workCm } = card.ground ?? {};
  if (workCm !== undefined && gsdCm !== null) {
    // Shown to a model that knows one scale, the whole picture would be another country.
    const by = workCm / gsdCm;
    const tile = { width: Math.round(input.width * by), height: Math.round(input.height * by) };
    return tilesOf(picture, { tile, overlap: overlapOf(tile, thingM, gsdCm) });
  }
  const tiles = tilesOf(picture, { tile: input, overlap: overlapOf(input, thingM, gsdCm) });
  // A class has no place but its window: that of the whole picture would take in every tile's.
  return card.task === 'classification' ? tiles : withFullFrame(picture, tiles);
}
