import type { VisionOutput } from '../model/vision-card.ts';
import type { PixelBox, Sighting } from '../values/frame.ts';
import { suppress } from './boxes.ts';
import { type Decoding, mostSightings, type Numbers } from './decoding.ts';
import { activated } from './tensor.ts';

type SsdNms = Extract<VisionOutput, { layout: 'ssd-nms' }>;
type Ssd = Extract<VisionOutput, { layout: 'ssd' }>;

/** Boxes that the model itself has suppressed (TFLite_Detection_PostProcess: top, left, bottom, right). */
export function decodeSsdNms(of: (name: string) => Numbers, output: SsdNms, how: Decoding): Sighting[] {
  const boxes = of(output.boxes.name).values;
  const classes = of(output.classes).values;
  const scores = of(output.scores).values;
  const said = output.count === undefined ? scores.length : (of(output.count).values[0] ?? 0);
  // The model's own count is not trusted further than its boxes reach.
  const count = Math.max(0, Math.min(Math.round(said) || 0, scores.length, classes.length, boxes.length >> 2));
  const found: Sighting[] = [];
  for (let i = 0; i < count; i++) {
    const which = Math.round(classes[i] as number) - output.firstClass;
    const [y0, x0, y1, x1] = boxes.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
    push(found, how, { which, score: scores[i] as number, box: { x0, y0, x1, y1 } });
  }
  return suppress(found, how.iou, mostSightings);
}

/** Codes against anchors: centre + code / scale * size, size * exp(code / scale) (SSD, arXiv:1512.02325, section 2.2). */
export function decodeSsd(of: (name: string) => Numbers, output: Ssd, how: Decoding): Sighting[] {
  const codes = of(output.boxes.name).values;
  const classes = how.labels.length + (output.background ? 1 : 0);
  const scores = activated(of(output.scores.name).values, output.activation, classes);
  const [perY, perX, perHeight, perWidth] = output.anchors.scales;
  const found: Sighting[] = [];
  let i = 0;
  for (const { x, y, width, height } of anchorsOf(output.anchors)) {
    const best = bestOf(scores, i * classes + (output.background ? 1 : 0), how.labels.length);
    if (best.score >= how.score) {
      const centreY = y + ((codes[4 * i] as number) / perY) * height;
      const centreX = x + ((codes[4 * i + 1] as number) / perX) * width;
      const halfHeight = (Math.exp((codes[4 * i + 2] as number) / perHeight) * height) / 2;
      const halfWidth = (Math.exp((codes[4 * i + 3] as number) / perWidth) * width) / 2;
      push(found, how, { ...best, box: centred(centreX, centreY, halfWidth, halfHeight) });
    }
    i++;
  }
  return suppress(found, how.iou, mostSightings);
}

export const centred = (x: number, y: number, halfWidth: number, halfHeight: number): PixelBox => ({
  x0: x - halfWidth,
  y0: y - halfHeight,
  x1: x + halfWidth,
  y1: y + halfHeight,
});

/** How many anchors there are; the output must hold a box for each. */
export const anchorCount = ({ layers }: Ssd['anchors']): number =>
  layers.reduce((sum, { size: [rows, columns], boxes }) => sum + rows * columns * boxes.length, 0);

function* anchorsOf({
  layers,
}: Ssd['anchors']): Generator<{ x: number; y: number; width: number; height: number }, void> {
  for (const { size, boxes } of layers) {
    const [rows, columns] = size;
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        for (const [width, height] of boxes)
          yield { x: (column + 0.5) / columns, y: (row + 0.5) / rows, width, height };
  }
}

/** The class with the highest of `count` scores from `at` on. */
export function bestOf(scores: Float32Array, at: number, count: number, stride = 1): { which: number; score: number } {
  let [which, score] = [0, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < count; k++) {
    const value = scores[at + k * stride] as number;
    if (value > score) [which, score] = [k, value];
  }
  return { which, score };
}

/** Adds what is wanted, reaches the threshold and is a box; a box may reach over the edge, and is cut there later. */
export function push(
  found: Sighting[],
  how: Decoding,
  { which, score, box }: { readonly which: number; readonly score: number; readonly box: PixelBox },
): void {
  const label = how.labels[which];
  if (label === undefined || !how.wanted[which] || !(score >= how.score)) return;
  const sound = [box.x0, box.y0, box.x1, box.y1].every((side) => Math.abs(side) < 10);
  if (sound && box.x1 > box.x0 && box.y1 > box.y0) found.push({ label, score: Math.min(1, score), box });
}
