/** Short distances on the Earth, degrees to metres and back; good to 1e-3 over some kilometres, antimeridian included. */
import { halfAround } from './turn.ts';

/** Metres of one degree of latitude, on the sphere of the Earth's mean radius. */
const metresPerDegree = (6_371_008.8 * Math.PI) / 180;

export interface Place {
  readonly lat: number;
  readonly lon: number;
}

/** Metres north and east that lead from `a` to `b`. */
export function offsetM(a: Place, b: Place): { readonly north: number; readonly east: number } {
  const cosine = Math.cos(((a.lat + b.lat) / 2 / 180) * Math.PI);
  return { north: (b.lat - a.lat) * metresPerDegree, east: halfAround(b.lon - a.lon) * metresPerDegree * cosine };
}

export function moved({ lat, lon }: Place, northM: number, eastM: number): Place {
  const to = lat + northM / metresPerDegree;
  const cosine = Math.max(1e-6, Math.cos(((lat + to) / 2 / 180) * Math.PI));
  return { lat: to, lon: halfAround(lon + eastM / (metresPerDegree * cosine)) };
}
