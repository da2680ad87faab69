import type { VisionOutput } from '../model/vision-card.ts';
import type { Sighting } from '../values/frame.ts';
import { byScore } from './boxes.ts';
import { type Decoding, mostSightings, type Numbers } from './decoding.ts';
import { regionsOf } from './regions.ts';
import { activated } from './tensor.ts';

type Heat = Extract<VisionOutput, { layout: 'heat' }>;

/** Neighbouring cells that reach the threshold are one sighting, as sure as the hottest of them: cells are no outline. */
export function decodeHeat({ shape, values }: Numbers, { activation, background }: Heat, how: Decoding): Sighting[] {
  const [, height = 0, width = 0, classes = 1] = shape;
  const scores = activated(values, activation, classes);
  const found = how.labels.flatMap((label, k) => {
    if (!how.wanted[k]) return [];
    const of = (cell: number): number => scores[cell * classes + k + (background ? 1 : 0)] as number;
    const mask = Uint8Array.from({ length: width * height }, (_, cell) => Number(of(cell) >= how.score));
    return regionsOf(mask, { width, height }, 1).map(({ box, cells }) => ({
      label,
      score: Math.min(
        1,
        cells.reduce((top, cell) => Math.max(top, of(cell)), 0),
      ),
      box: { x0: box.x0 / width, y0: box.y0 / height, x1: box.x1 / width, y1: box.y1 / height },
    }));
  });
  return byScore(found).slice(0, mostSightings);
}
