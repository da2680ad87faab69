/** Regions as the shapes of other formats. Pure. */
import type { Ground } from '../desk/ground.ts';
import type { Rings } from '../values/plume.ts';
import { type Spot, spotAt } from './local.ts';
import { outerRings } from './rings.ts';

const circleCorners = 32;

/** Closed, counter-clockwise; [longitude, latitude]. */
export const circleRing = (centre: Spot, radiusM: number): Rings[number] =>
  Array.from({ length: circleCorners + 1 }, (_, i) => {
    const angle = -((i % circleCorners) / circleCorners) * 2 * Math.PI;
    const { lat, lon } = spotAt(centre, [radiusM * Math.cos(angle), radiusM * Math.sin(angle)]);
    return [lon, lat] as const;
  });

/** Outlines without their holes, each closed and counter-clockwise (RFC 7946, 3.1.6); a place with an error becomes a circle. */
export function outlinesOf({ rings, radiusM }: Ground): Rings {
  return outerRings(rings).flatMap((ring) => {
    const [first, ...more] = ring;
    if (!first) return [];
    if (more.length === 0) return [circleRing({ lon: first[0], lat: first[1] }, radiusM)];
    const closed = String(first) === String(ring.at(-1)) ? ring : [...ring, first];
    return closed.length < 4 ? [] : [turn(closed) < 0 ? closed.toReversed() : closed];
  });
}

/** Positive: counter-clockwise. */
const turn = (ring: Rings[number]): number =>
  ring.slice(1).reduce((sum, [x, y], i) => {
    const [x0, y0] = ring[i] ?? [x, y];
    return sum + x0 * y - x * y0;
  }, 0);
