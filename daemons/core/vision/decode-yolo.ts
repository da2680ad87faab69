import type { VisionOutput } from '../model/vision-card.ts';
import type { Sighting } from '../values/frame.ts';
import { suppress } from './boxes.ts';
import { bestOf, centred, push } from './decode-ssd.ts';
import { type Decoding, mostSightings, type Numbers } from './decoding.ts';

type Yolo = Extract<VisionOutput, { layout: 'yolo' }>;

/** A row a candidate: centre, size, perhaps objectness (v5), classes; `turned` it is a column (v8). */
export function decodeYolo({ shape, values }: Numbers, output: Yolo, how: Decoding): Sighting[] {
  const [candidates, width] = (output.turned ? [shape[2], shape[1]] : [shape[1], shape[2]]) as [number, number];
  const first = output.objectness ? 5 : 4;
  const [perRow, perNumber] = output.turned ? [1, candidates] : [width, 1];
  const squash = output.activation === 'sigmoid' ? (raw: number): number => 1 / (1 + Math.exp(-raw)) : Number;
  const [perX, perY] = output.unit === 'pixel' ? [how.input.width, how.input.height] : [1, 1];
  const found: Sighting[] = [];
  for (let i = 0; i < candidates; i++) {
    const at = i * perRow;
    const of = (number: number): number => values[at + number * perNumber] as number;
    const best = bestOf(values, at + first * perNumber, how.labels.length, perNumber);
    const score = squash(best.score) * (output.objectness ? squash(of(4)) : 1);
    if (!(score >= how.score)) continue;
    const box = centred(of(0) / perX, of(1) / perY, of(2) / perX / 2, of(3) / perY / 2);
    push(found, how, { which: best.which, score, box });
  }
  return suppress(found, how.iou, mostSightings);
}
