/** Polygons on the ground, in metres about a place of their own: what a flight keeps within, and what a sortie may look at. */
import { offsetM, type Place } from './place.ts';

export interface Metres {
  readonly north: number;
  readonly east: number;
}

/** Further than this from its first corner, metres on a plane are no metres. */
const widestM = 50_000;
/** A polygon with less ground is a slip of the hand. */
const leastM2 = 100;

/** Why these corners bound no piece of ground, for the reader; null when they do. */
export function fenceFault(corners: readonly Place[]): string | null {
  const [first] = corners;
  if (!first || corners.length < 3) return `has ${corners.length} corners; must have three at least`;
  const fence = corners.map((corner) => offsetM(first, corner));
  if (fence.some(({ north, east }) => !(Math.hypot(north, east) <= widestM)))
    return `reaches further than ${widestM / 1000} km from its first corner`;
  const edges = edgesOf(fence);
  // Neighbours share a corner, and rounding says of a shared one that it crosses.
  const areApart = (i: number, j: number): boolean => j > i + 1 && !(i === 0 && j === edges.length - 1);
  if (edges.some((one, i) => edges.some((other, j) => areApart(i, j) && cross(one, other))))
    return 'has edges that cross: the corners must go around in order';
  const twice = edges.reduce((sum, [a, b]) => sum + a.north * b.east - b.north * a.east, 0);
  return Math.abs(twice) / 2 >= leastM2 ? null : `holds less than ${leastM2} square metres`;
}

/** Whether a place lies within the corners by `marginM` at the least. */
export const isWithin = (corners: readonly Place[], place: Place, marginM: number): boolean =>
  holds(
    corners.map((corner) => offsetM(place, corner)),
    { north: 0, east: 0 },
    marginM,
  );

/** Whether a way keeps its distance from the fence everywhere: no edge is nearer than the margin to any part of it. */
export function keepsWithin(fence: readonly Metres[], way: readonly Metres[], marginM: number): boolean {
  return way.every((to, i) => holds(fence, to, marginM) && (i === 0 || clear(fence, [way[i - 1] ?? to, to], marginM)));
}

type Leg = readonly [Metres, Metres];

const edgesOf = (fence: readonly Metres[]): readonly Leg[] =>
  fence.map((a, i): Leg => [a, fence[(i + 1) % fence.length] ?? a]);

/** Whether the point lies within, and nowhere nearer to an edge than the margin. */
export function holds(fence: readonly Metres[], p: Metres, marginM: number): boolean {
  if (fence.length < 3) return false;
  let inside = false;
  for (const [a, b] of edgesOf(fence)) {
    const crosses = a.north > p.north !== b.north > p.north;
    if (crosses && p.east < ((b.east - a.east) * (p.north - a.north)) / (b.north - a.north) + a.east) inside = !inside;
  }
  return inside && edgesOf(fence).every((edge) => fromLeg(p, edge) >= marginM);
}

/** Two legs come nearest at an end of one of them, unless they cross. */
const clear = (fence: readonly Metres[], leg: Leg, marginM: number): boolean =>
  edgesOf(fence).every(
    (edge) =>
      !cross(leg, edge) &&
      edge.every((end) => fromLeg(end, leg) >= marginM) &&
      leg.every((end) => fromLeg(end, edge) >= marginM),
  );

function fromLeg(p: Metres, [a, b]: Leg): number {
  const [dn, de] = [b.north - a.north, b.east - a.east];
  const square = dn * dn + de * de;
  const t = square === 0 ? 0 : Math.max(0, Math.min(1, ((p.north - a.north) * dn + (p.east - a.east) * de) / square));
  return Math.hypot(p.north - a.north - t * dn, p.east - a.east - t * de);
}

/** Whether two legs cross in more than a touch. */
function cross([a, b]: Leg, [c, d]: Leg): boolean {
  const side = (p: Metres, q: Metres, r: Metres): number =>
    Math.sign((q.north - p.north) * (r.east - p.east) - (q.east - p.east) * (r.north - p.north));
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}
