/** What a model's numbers say, as sightings in shares of its input: pure, and never more than `mostSightings`. */

import type { Sighting } from '../values/frame.ts';
import { decodeHeat } from './decode-heat.ts';
import { decodeMask } from './decode-mask.ts';
import { decodeScores } from './decode-scores.ts';
import { decodeSsd, decodeSsdNms } from './decode-ssd.ts';
import { decodeYolo } from './decode-yolo.ts';
import type { Decoding, Numbers } from './decoding.ts';

/** `of` gives a tensor by its name. Numbers that are no numbers, or no boxes, are left out. */
export function decode(of: (name: string) => Numbers, how: Decoding): Sighting[] {
  const { output } = how;
  switch (output.layout) {
    case 'scores':
      return decodeScores(of(output.scores.name), output, how);
    case 'ssd-nms':
      return decodeSsdNms(of, output, how);
    case 'ssd':
      return decodeSsd(of, output, how);
    case 'yolo':
      return decodeYolo(of(output.boxes.name), output, how);
    case 'mask':
      return decodeMask(of(output.mask.name), output, how);
    case 'heat':
      return decodeHeat(of(output.heat.name), output, how);
  }
}
