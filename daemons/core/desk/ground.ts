/** Pieces of ground on the ellipsoid: how near two come to each other. Pure. */
import { metresTo, type Spot } from '../geo/local.ts';

/** Points [longitude, latitude]. */
export type Line = readonly (readonly [number, number])[];

/** What lies within `radiusM` of it: rings by the even-odd rule, or one ring of one point. */
export interface Ground {
  readonly rings: readonly Line[];
  readonly radiusM: number;
}

/** Metres [north, east] of a place that both pieces are measured from. */
type Flat = readonly (readonly [number, number])[];

const flat = (from: Spot, ring: Line): Flat => ring.map(([lon, lat]) => metresTo(from, { lat, lon }));

/** Whether two pieces of ground have a point in common, their margins included. Good for some hundred kilometres. */
export function touches(a: Ground, b: Ground): boolean {
  const first = a.rings[0]?.[0];
  if (!first || !b.rings[0]?.[0]) return false;
  const from = { lon: first[0], lat: first[1] };
  const [one, two] = [a, b].map(({ rings }) => rings.map((ring) => flat(from, ring))) as [Flat[], Flat[]];
  if (two.some(([point]) => isInside(one, point)) || one.some(([point]) => isInside(two, point))) return true;
  const reach = a.radiusM + b.radiusM;
  return one.some((ring) => two.some((other) => ringsWithin(ring, other, reach)));
}

function isInside(rings: readonly Flat[], point: readonly [number, number] | undefined): boolean {
  if (!point) return false;
  const [y, x] = point;
  let inside = false;
  for (const ring of rings)
    for (const [[y1, x1], [y2, x2]] of edges(ring))
      if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
  return inside;
}

type Edge = readonly [readonly [number, number], readonly [number, number]];

/** A ring of one point is one edge of no length. */
function edges(ring: Flat): readonly Edge[] {
  const [only] = ring;
  if (ring.length === 1 && only) return [[only, only]];
  return ring.slice(1).map((point, i) => [ring[i] ?? point, point]);
}

const ringsWithin = (a: Flat, b: Flat, reach: number): boolean =>
  edges(a).some((one) => edges(b).some((two) => edgesWithin(one, two, reach)));

function edgesWithin(a: Edge, b: Edge, reach: number): boolean {
  if (cross(a, b)) return true;
  const [[a1, a2], [b1, b2]] = [a, b];
  return Math.min(distance(a1, b), distance(a2, b), distance(b1, a), distance(b2, a)) <= reach;
}

const side = ([[y1, x1], [y2, x2]]: Edge, [y, x]: readonly [number, number]): number =>
  Math.sign((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1));

const cross = (a: Edge, b: Edge): boolean => side(a, b[0]) * side(a, b[1]) < 0 && side(b, a[0]) * side(b, a[1]) < 0;

function distance([y, x]: readonly [number, number], [[y1, x1], [y2, x2]]: Edge): number {
  const [dy, dx] = [y2 - y1, x2 - x1];
  const length = dy * dy + dx * dx;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((y - y1) * dy + (x - x1) * dx) / length));
  return Math.hypot(y - y1 - along * dy, x - x1 - along * dx);
}
