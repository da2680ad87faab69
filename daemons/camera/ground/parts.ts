/** Parts of one plot: what an edge of a picture, a path or a gap in a model's mask cut in two. Pure. */
import { areaOf, gapOf, hullOf, type Ring } from './ring.ts';

/**
 * Ours. `gapM`: two cells of the shipped network's mask, 1.6 m, and a little for their ragged edges; plants of one plot may stand
 * further apart, plots of two owners hardly nearer. `fill`: share of the ring around both that they fill: one field is filled,
 * two that lie askew or touch at a corner are not.
 */
export const parts = { gapM: 2, fill: 0.75 } as const;

/** The ring around both where they touch, or nearly, and look like one; else null. Both about one origin. */
export function wholeOf(a: Ring, b: Ring): Ring | null {
  if (gapOf(a, b) > parts.gapM) return null;
  const hull = hullOf([...a, ...b]);
  const around = areaOf(hull);
  return around > 0 && areaOf(a) + areaOf(b) >= parts.fill * around ? hull : null;
}
