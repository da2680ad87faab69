/** Geometry of boxes, and what is kept of boxes that mean the same thing. */
import type { PixelBox, Sighting } from '../values/frame.ts';

export const areaOf = ({ x0, y0, x1, y1 }: PixelBox): number => Math.max(0, x1 - x0) * Math.max(0, y1 - y0);

export function shared(a: PixelBox, b: PixelBox): number {
  const width = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const height = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Shared area by the area of both together, 0 to 1. */
export function overUnion(a: PixelBox, b: PixelBox): number {
  const both = shared(a, b);
  return both === 0 ? 0 : both / (areaOf(a) + areaOf(b) - both);
}

/** Shared area by the smaller of both areas, 0 to 1: near 1 also where a tile's edge cut one of them short. */
export function overSmaller(a: PixelBox, b: PixelBox): number {
  const both = shared(a, b);
  return both === 0 ? 0 : both / Math.min(areaOf(a), areaOf(b));
}

/**
 * Non-maximum suppression a label: of boxes that overlap by more than `iou` the one with the highest score stays. Of equal
 * scores the first given; `most` are kept at the most, so that a model that sees things everywhere costs no time.
 */
export function suppress(found: readonly Sighting[], iou: number, most: number): Sighting[] {
  const kept: Sighting[] = [];
  for (const one of byScore(found).slice(0, 20 * most)) {
    if (kept.length >= most) break;
    if (!kept.some((other) => other.label === one.label && overUnion(other.box, one.box) > iou)) kept.push(one);
  }
  return kept;
}

export const byScore = (found: readonly Sighting[]): Sighting[] => found.toSorted((a, b) => b.score - a.score);
