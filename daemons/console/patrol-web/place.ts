/** Where an alert is from where one stands. Pure. */
import { type Metres, metresTo, type Spot, spotAt } from '../../core/geo/local.ts';
import type { CallCard } from '../patrol/card.ts';

export interface Own extends Spot {
  readonly ceM: number;
  readonly atMs: number;
}

export const bearingOf = ([north, east]: readonly [number, number]): number =>
  ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;

type Region = NonNullable<CallCard['region']>;

/** The point of the region's edge that is nearest to a place, and how far it is; 0 inside. */
export function nearestEdge(region: Region, from: Spot): { readonly metres: number; readonly spot: Spot } {
  if (isWithin(region, from)) return { metres: 0, spot: from };
  const rings = region.rings.map((ring) => ring.map(([lon, lat]) => metresTo(from, { lat, lon })));
  const near = rings
    .flatMap((ring) => ring.map((point, i) => nearestOn(point, ring[(i + 1) % ring.length] ?? point)))
    .map((point) => ({ point, length: Math.hypot(...point) }));
  const { point, length } = near.reduce((a, b) => (b.length < a.length ? b : a));
  const metres = Math.max(0, length - region.radiusM);
  const share = length === 0 ? 0 : metres / length;
  return { metres, spot: spotAt(from, [point[0] * share, point[1] * share]) };
}

/** The point of a line that is nearest to where metres are counted from. */
function nearestOn([y1, x1]: Metres, [y2, x2]: Metres): Metres {
  const [dy, dx] = [y2 - y1, x2 - x1];
  const square = dy * dy + dx * dx;
  const along = square === 0 ? 0 : Math.min(1, Math.max(0, -(y1 * dy + x1 * dx) / square));
  return [y1 + along * dy, x1 + along * dx];
}

function isWithin({ rings }: Region, { lat, lon }: Spot): boolean {
  let inside = false;
  for (const ring of rings)
    for (const [i, [x1, y1]] of ring.entries()) {
      const [x2, y2] = ring[(i + 1) % ring.length] ?? [x1, y1];
      if (y1 > lat !== y2 > lat && lon < x1 + ((lat - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
    }
  return inside;
}

/** To the edge of the region in metres, and the bearing of its middle, degrees from true north. */
export function wayTo(region: Region, own: Spot): { readonly metres: number; readonly bearingDeg: number } {
  return { metres: nearestEdge(region, own).metres, bearingDeg: bearingOf(metresTo(own, region.middle)) };
}

/**
 * What the phone's own maps are opened at: the middle only where no dwelling lies in the region; else the point to come from, else the edge on one's own side. Null:
 * there is no such place that is known.
 */
export function handOverOf(
  { region, dwellings, approach }: CallCard,
  own: Spot | null,
): { readonly to: 'middle' | 'approach' | 'edge'; readonly spot: Spot } | null {
  if (!region) return null;
  if (dwellings === 'none') return { to: 'middle', spot: region.middle };
  if (approach) return { to: 'approach', spot: approach.point };
  return own && { to: 'edge', spot: nearestEdge(region, own).spot };
}

/** RFC 5870. */
export const geoUri = ({ lat, lon }: Spot): string => `geo:${lat.toFixed(5)},${lon.toFixed(5)}`;
/** One of eight. */
export const compassPoint = (bearingDeg: number): number => Math.round(bearingDeg / 45) % 8;
