import type { VisionOutput } from '../model/vision-card.ts';
import type { Sighting } from '../values/frame.ts';
import { byScore } from './boxes.ts';
import { bestOf } from './decode-ssd.ts';
import { type Decoding, mostSightings, type Numbers } from './decoding.ts';
import { outlineOf, type Region, regionsOf } from './regions.ts';
import { activated } from './tensor.ts';

type Mask = Extract<VisionOutput, { layout: 'mask' }>;

/** A single cell of a mask is noise of its edges. */
const usualLeast = 2;

/**
 * Every connected part of a wanted class is a sighting with its outline; its score is the mean over its cells. With `grow` a
 * part is all that hangs together from that score on: one weak cell in the middle of a plot does not part it. Its score is the
 * mean of its surest cells, so that what is sure of a few cells only is not sure; or `by` all of them the mean of the whole
 * part, so that what is sure in spots only is not. A mask of class numbers has no scores: they are 1.
 */
export function decodeMask(
  { shape, values }: Numbers,
  { activation, leastCells = usualLeast, grow, by = 'surest' }: Mask,
  how: Decoding,
): Sighting[] {
  const [, height = 0, width = 0, classes = 1] = shape;
  const cells = width * height;
  const numbered = shape.length === 3 || (classes === 1 && how.labels.length > 1);
  const scores = numbered ? null : activated(values, activation, classes);
  const which = new Int16Array(cells);
  const score = new Float32Array(cells).fill(1);
  for (let cell = 0; cell < cells; cell++) {
    const best = scores
      ? bestOf(scores, cell * classes, classes)
      : { which: Math.round(values[cell] as number), score: 1 };
    which[cell] = best.which;
    score[cell] = best.score;
  }
  const found = how.labels.flatMap((label, k) => {
    if (!how.wanted[k]) return [];
    const from = Math.min(grow ?? how.score, how.score);
    const mask = Uint8Array.from(which, (one, cell) => Number(one === k && (score[cell] as number) >= from));
    return regionsOf(mask, { width, height }, leastCells)
      .map((region) => {
        const one = sightingOf(label, region, { width, height, score });
        return grow === undefined || by === 'all' ? one : { ...one, score: surest(region, score, leastCells) };
      })
      .filter((one) => one.score >= how.score);
  });
  return byScore(found).slice(0, mostSightings);
}

function surest({ cells }: Region, score: Float32Array, count: number): number {
  const best = Float32Array.from(cells, (cell) => score[cell] as number)
    .sort()
    .subarray(-count);
  return Math.min(1, best.reduce((sum, one) => sum + one, 0) / best.length);
}

/** A region of a grid as a sighting in shares. */
export function sightingOf(
  label: string,
  region: Region,
  { width, height, score }: { readonly width: number; readonly height: number; readonly score: Float32Array },
): Sighting {
  const { box, cells } = region;
  const sum = cells.reduce((all, cell) => all + (score[cell] as number), 0);
  return {
    label,
    score: Math.min(1, sum / cells.length),
    box: { x0: box.x0 / width, y0: box.y0 / height, x1: box.x1 / width, y1: box.y1 / height },
    outline: outlineOf(region, { width, height }).map(([x, y]) => [x / width, y / height] as const),
  };
}
