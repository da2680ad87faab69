/** Which sighting is of which known plot. */
import { metresTo } from '../../core/geo/local.ts';
import { distance2, summed } from '../ground/covariance.ts';
import { overlapOf, shifted } from '../ground/ring.ts';
import type { KnownPlot } from './known.ts';
import type { GroundSighting } from './sighting.ts';

/**
 * `gate`: squared distance, in their joint ellipse, that 99 in 100 pairs of one plot stay within (chi-square, 2 degrees of
 * freedom). `shared`: share of the smaller outline that says the same by itself. `samePass`: what of the variances two
 * looks of one pass differ by, since most errors do not change within it; ours.
 */
export const match = { gate: 9.21, shared: 0.3, samePass: 0.25 } as const;

export interface Pair {
  readonly plot: number;
  readonly sighting: number;
}

type Shape = Pick<KnownPlot, 'lat' | 'lon' | 'ring' | 'covariance'>;

/** How unlike two are, or null when they cannot be one. */
function apartness(a: Shape, b: Shape, scale: number): number | null {
  const offset = metresTo(a, b);
  const both = summed([a.covariance, b.covariance]);
  const far = distance2({ nn: scale * both.nn, ne: scale * both.ne, ee: scale * both.ee }, offset);
  // Nothing so far off can overlap: cells are counted only where it may matter.
  if (far > 100 * match.gate) return null;
  const { ofSmaller } = overlapOf(a.ring, shifted(b.ring, offset));
  if (far > match.gate && ofSmaller < match.shared) return null;
  return far / match.gate - ofSmaller;
}

/**
 * Pairs, most alike first, each plot and each sighting once: two sightings of one picture are never one plot.
 * `inPass`: whether the plot was seen in the pass that runs.
 */
export function paired(
  plots: readonly KnownPlot[],
  sightings: readonly GroundSighting[],
  inPass: (plot: KnownPlot) => boolean,
): readonly Pair[] {
  const candidates = plots.flatMap((plot, p) =>
    sightings.flatMap((sighting, s) => {
      if (plot.label !== sighting.label) return [];
      const apart = apartness(plot, sighting, inPass(plot) ? match.samePass : 1);
      return apart === null ? [] : [{ plot: p, sighting: s, apart }];
    }),
  );
  candidates.sort((a, b) => a.apart - b.apart || a.plot - b.plot || a.sighting - b.sighting);
  const [plotsUsed, sightingsUsed] = [new Set<number>(), new Set<number>()];
  return candidates.filter(({ plot, sighting }) => {
    if (plotsUsed.has(plot) || sightingsUsed.has(sighting)) return false;
    plotsUsed.add(plot);
    sightingsUsed.add(sighting);
    return true;
  });
}
