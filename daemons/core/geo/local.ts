/** Metres north and east of a place on the ellipsoid, and back; good to 1e-6 over some kilometres, antimeridian included. */
import { sinCosDeg } from '../exact/turn.ts';
import { radiiAt } from './ellipsoid.ts';

export interface Spot {
  readonly lat: number;
  readonly lon: number;
}
/** Metres [north, east]. */
export type Metres = readonly [number, number];

const radPerDeg = Math.PI / 180;
/** Nearer to a pole than this, east has no length. */
const leastCosine = 1e-6;

const half = (degrees: number): number => degrees - 360 * Math.round(degrees / 360);
/** Longitude into [-180, 180). */
export const wrapped = (lon: number): number =>
  lon >= -180 && lon < 180 ? lon : ((((lon + 180) % 360) + 360) % 360) - 180;

/** Metres of a degree north and of one east, half way between two latitudes. */
function scales(latA: number, latB: number): Metres {
  const middle = (latA + latB) / 2;
  const { meridianM, acrossM } = radiiAt(middle);
  return [meridianM * radPerDeg, acrossM * radPerDeg * Math.max(leastCosine, sinCosDeg(middle)[1])];
}

export function metresTo(from: Spot, to: Spot): Metres {
  const [north, east] = scales(from.lat, to.lat);
  return [(to.lat - from.lat) * north, half(to.lon - from.lon) * east];
}

export function spotAt(from: Spot, [northM, eastM]: Metres): Spot {
  const guess = from.lat + northM / (radiiAt(from.lat).meridianM * radPerDeg);
  const [north, east] = scales(from.lat, guess);
  return { lat: from.lat + northM / north, lon: wrapped(from.lon + eastM / east) };
}
