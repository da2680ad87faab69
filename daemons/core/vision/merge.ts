/** One thing that several tiles saw is one sighting. */
import type { PixelBox, Sighting } from '../values/frame.ts';
import { byScore, overSmaller } from './boxes.ts';

/** More than a frame can mean; what is beyond has the lowest scores. */
const mostOfFrame = 2000;

/**
 * Greedy non-maximum merging (SAHI's NMM): the best sighting takes in every other of its label that it covers, or that
 * covers it, by more than `ios` of the smaller; the box grows to hold both, the highest score stays. What a tile's edge cut
 * in two is so joined where plain suppression would leave a part. An outline is kept as long as nothing was joined to it.
 */
export function mergeTiles(found: readonly Sighting[], ios: number): Sighting[] {
  const waiting = byScore(found).slice(0, mostOfFrame);
  const merged: Sighting[] = [];
  const taken = new Uint8Array(waiting.length);
  for (let i = 0; i < waiting.length; i++) {
    if (taken[i]) continue;
    let one = waiting[i] as Sighting;
    for (let k = i + 1; k < waiting.length; k++) {
      const other = waiting[k] as Sighting;
      if (taken[k] || other.label !== one.label || overSmaller(one.box, other.box) <= ios) continue;
      taken[k] = 1;
      one = joined(one, other);
    }
    merged.push(one);
  }
  return merged;
}

function joined(best: Sighting, other: Sighting): Sighting {
  const box = around(best.box, other.box);
  const same = box.x0 === best.box.x0 && box.y0 === best.box.y0 && box.x1 === best.box.x1 && box.y1 === best.box.y1;
  return { label: best.label, score: best.score, box, ...(same && best.outline ? { outline: best.outline } : {}) };
}

const around = (a: PixelBox, b: PixelBox): PixelBox => ({
  x0: Math.min(a.x0, b.x0),
  y0: Math.min(a.y0, b.y0),
  x1: Math.max(a.x1, b.x1),
  y1: Math.max(a.y1, b.y1),
});
