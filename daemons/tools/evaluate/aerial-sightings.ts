/** What a mask model says of a picture at many thresholds from one look, and how that is held against the truth. */
import { windowsOf } from '../../camera/look.ts';
import { inPicture, type VisionModel } from '../../core/model/vision.ts';
import type { PixelBox, Sighting } from '../../core/values/frame.ts';
import { areaOf, shared } from '../../core/vision/boxes.ts';
import { decode } from '../../core/vision/decode.ts';
import type { Decoding } from '../../core/vision/decoding.ts';
import { placingOf } from '../../core/vision/fit.ts';
import { mergeTiles } from '../../core/vision/merge.ts';
import type { Shot } from './aerial-scenes.ts';

/** As a profile has it when it says nothing. */
const ios = 0.5;

/** Sightings of the whole picture for each threshold: by the windows, the decoding and the merging that the daemon uses. */
export async function sightingsAt(
  model: VisionModel,
  { picture, gsdCm }: Pick<Shot, 'picture'> & { readonly gsdCm: number | null },
  thresholds: readonly number[],
): Promise<Sighting[][]> {
  const { card, labels, input } = model;
  const how = (score: number): Decoding => ({
    ...{ output: card.output, labels: labels.map(({ name }) => name), score, iou: card.thresholds.iou ?? 0.45, input },
    wanted: labels.map(({ role }) => role !== 'background'),
  });
  const found = thresholds.map((): Sighting[] => []);
  for (const window of windowsOf(picture, model, gsdCm)) {
    const numbers = await model.numbers(picture, window);
    const of = (name: string) => numbers.get(name) ?? { shape: [], values: new Float32Array() };
    const placing = placingOf(window, input, card.input.picture.shape);
    thresholds.forEach((score, i) => {
      for (const one of decode(of, how(score))) found[i]?.push(...inPicture(one, placing));
    });
  }
  return found.map((all) => mergeTiles(all, ios));
}

/** A plot is found by a sighting that covers this share of it, and of which this share is plot. */
const least = 0.3;

export function isFound(plot: PixelBox, sightings: readonly Pick<Sighting, 'box'>[]): boolean {
  return sightings.some(({ box }) => {
    const both = shared(plot, box);
    return both >= least * areaOf(plot) && both >= least * areaOf(box);
  });
}

/** Sightings that touch no plot. */
export const falseOf = <T extends Pick<Sighting, 'box'>>(
  plots: readonly PixelBox[],
  sightings: readonly T[],
): readonly T[] => sightings.filter(({ box }) => plots.every((plot) => shared(plot, box) === 0));

export interface Counted {
  plots: number;
  found: number;
  false: number;
}

export const nothingCounted = (): Counted => ({ plots: 0, found: 0, false: 0 });

/** Adds one picture to what was counted at each threshold; the false sightings at the first of them. */
export async function count(
  model: VisionModel,
  shot: Shot,
  thresholds: readonly number[],
  into: readonly Counted[],
): Promise<readonly Sighting[]> {
  const all = await sightingsAt(model, shot, thresholds);
  all.forEach((sightings, i) => {
    const counted = into[i];
    if (!counted) return;
    counted.plots += shot.plots.length;
    counted.found += shot.plots.filter((plot) => isFound(plot, sightings)).length;
    counted.false += falseOf(shot.plots, sightings).length;
  });
  return falseOf(shot.plots, all[0] ?? []);
}
