/** The WGS 84 ellipsoid (NIMA TR8350.2): its radii, and positions as Earth-centred vectors and back. Degrees and metres. */
import { sinCosDeg } from '../exact/turn.ts';

export const semiMajorM = 6_378_137;
const flattening = 1 / 298.257223563;
export const semiMinorM = semiMajorM * (1 - flattening);
const e2 = flattening * (2 - flattening);
const degPerRad = 180 / Math.PI;

export interface Geodetic {
  readonly lat: number;
  readonly lon: number;
  /** Above the ellipsoid. */
  readonly heightM: number;
}
export type Vector = readonly [number, number, number];

/** Radii of curvature along the meridian and across it: metres of a radian north and, times cos(lat), east. */
export function radiiAt(lat: number): { readonly meridianM: number; readonly acrossM: number } {
  const [sine] = sinCosDeg(lat);
  const w2 = 1 - e2 * sine * sine;
  const acrossM = semiMajorM / Math.sqrt(w2);
  return { meridianM: (acrossM * (1 - e2)) / w2, acrossM };
}

export function earthCentred({ lat, lon, heightM }: Geodetic): Vector {
  const [sinLat, cosLat] = sinCosDeg(lat);
  const [sinLon, cosLon] = sinCosDeg(lon);
  const { acrossM } = radiiAt(lat);
  const out = (acrossM + heightM) * cosLat;
  return [out * cosLon, out * sinLon, (acrossM * (1 - e2) + heightM) * sinLat];
}

/** Good to 1e-9 m from 5 km below the ellipsoid to beyond any aircraft: Bowring's latitude, bettered until it stands. */
export function geodetic([x, y, z]: Vector): Geodetic {
  const p = Math.hypot(x, y);
  const lon = Math.atan2(y, x) * degPerRad;
  let lat = Math.atan2(z, p * (1 - e2));
  for (let i = 0; i < 6; i++) {
    const sine = Math.sin(lat);
    const acrossM = semiMajorM / Math.sqrt(1 - e2 * sine * sine);
    lat = Math.atan2(z + e2 * acrossM * sine, p);
  }
  const [sine, cosine] = [Math.sin(lat), Math.cos(lat)];
  // Along the normal: p is exact near the equator and z near the poles, and this is exact at both.
  const heightM = p * cosine + z * sine - semiMajorM * Math.sqrt(1 - e2 * sine * sine);
  return { lat: lat * degPerRad, lon, heightM };
}
