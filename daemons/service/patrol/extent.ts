/** Where a region lies, seen from the box: how far and which way, and never a point in it. Pure. */

import type { Ground } from '../../core/desk/ground.ts';
import { metresTo } from '../../core/geo/local.ts';

/** `around`: it holds the box, and reaches as far as `farM`. Else between two distances and, clockwise, two bearings from true north. */
export type Extent =
  | { readonly is: 'around'; readonly farM: number }
  | {
      readonly is: 'there';
      readonly nearM: number;
      readonly farM: number;
      readonly fromDeg: number;
      readonly toDeg: number;
    };

/** Rounded outwards, so that a small region is not a house. */
const [metres, degrees] = [50, 10];
const outM = (value: number): number => Math.ceil(value / metres) * metres;

export function extentFrom(box: { readonly lat: number; readonly lon: number }, { rings, radiusM }: Ground): Extent {
  const points = rings.flat().map(([lon, lat]) => metresTo(box, { lat, lon }));
  const far = points.map(([north, east]) => Math.hypot(north, east));
  const [nearest, farthest] = [Math.min(...far), Math.max(...far)];
  const farM = outM(farthest + radiusM);
  const bearings = points.map(([north, east]) => (Math.atan2(east, north) * 180) / Math.PI);
  const { fromDeg, spanDeg } = spanOf(bearings);
  // Half of the horizon and more: the box lies within it, or as good as within it.
  if (nearest <= radiusM || spanDeg >= 180) return { is: 'around', farM };
  const widerDeg = (Math.asin(radiusM / nearest) * 180) / Math.PI;
  const from = Math.floor((fromDeg - widerDeg) / degrees) * degrees;
  const to = Math.ceil((fromDeg + spanDeg + widerDeg) / degrees) * degrees;
  if (to - from >= 180) return { is: 'around', farM };
  const nearM = Math.floor((nearest - radiusM) / metres) * metres;
  return { is: 'there', nearM, farM: Math.max(farM, nearM + metres), fromDeg: turned(from), toDeg: turned(to) };
}

const turned = (deg: number): number => ((deg % 360) + 360) % 360;

/** The smallest arc that holds all of them. */
function spanOf(bearings: readonly number[]): { readonly fromDeg: number; readonly spanDeg: number } {
  const sorted = bearings.map(turned).toSorted((a, b) => a - b);
  const gaps = sorted.map((one, i) => turned((sorted[(i + 1) % sorted.length] ?? 0) - one));
  const widest = gaps.indexOf(Math.max(...gaps));
  if (sorted.length < 2 || gaps[widest] === 0) return { fromDeg: sorted[0] ?? 0, spanDeg: 0 };
  return { fromDeg: sorted[(widest + 1) % sorted.length] ?? 0, spanDeg: 360 - (gaps[widest] ?? 0) };
}
