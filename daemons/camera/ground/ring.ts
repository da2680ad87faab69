/** Outlines on the ground as rings of metres [north, east] about some origin; not closed. */
import type { Metres } from '../../core/geo/local.ts';

export type Ring = readonly Metres[];

/** Square metres, whichever way round. */
export function areaOf(ring: Ring): number {
  let twice = 0;
  for (const [i, [n, e]] of ring.entries()) {
    const [nextN, nextE] = ring[(i + 1) % ring.length] ?? [n, e];
    twice += n * nextE - nextN * e;
  }
  return Math.abs(twice) / 2;
}

/** The middle of the area; of the corners where there is none. */
export function middleOf(ring: Ring): Metres {
  let [twice, north, east] = [0, 0, 0];
  const [n0, e0] = ring[0] ?? [0, 0];
  for (const [i, [n, e]] of ring.entries()) {
    const [nextN, nextE] = ring[(i + 1) % ring.length] ?? [n, e];
    const cross = (n - n0) * (nextE - e0) - (nextN - n0) * (e - e0);
    twice += cross;
    north += (n - n0 + nextN - n0) * cross;
    east += (e - e0 + nextE - e0) * cross;
  }
  if (Math.abs(twice) > 1e-9) return [n0 + north / (3 * twice), e0 + east / (3 * twice)];
  const mean = (axis: 0 | 1): number => ring.reduce((sum, one) => sum + one[axis], 0) / Math.max(1, ring.length);
  return [mean(0), mean(1)];
}

export const shifted = (ring: Ring, [n, e]: Metres): Ring => ring.map((one): Metres => [one[0] + n, one[1] + e]);

/** By the even-odd rule. */
export function isInside(ring: Ring, [n, e]: Metres): boolean {
  let inside = false;
  for (const [i, [an, ae]] of ring.entries()) {
    const [bn, be] = ring[(i + 1) % ring.length] ?? [an, ae];
    if (an > n !== bn > n && e < ((be - ae) * (n - an)) / (bn - an) + ae) inside = !inside;
  }
  return inside;
}

interface Bounds {
  readonly n0: number;
  readonly n1: number;
  readonly e0: number;
  readonly e1: number;
}

function boundsOf(ring: Ring): Bounds {
  let [n0, n1, e0, e1] = [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (const [n, e] of ring) [n0, n1, e0, e1] = [Math.min(n0, n), Math.max(n1, n), Math.min(e0, e), Math.max(e1, e)];
  return { n0, n1, e0, e1 };
}

/** Cells along the longer side of what two rings span, for `overlapOf`. */
const cells = 40;

/** Shares of two rings that they have in common: of both together, and of the smaller one. Counted in cells. */
export function overlapOf(a: Ring, b: Ring): { readonly ofBoth: number; readonly ofSmaller: number } {
  const [of, other] = [boundsOf(a), boundsOf(b)];
  if (!(of.n0 < other.n1 && other.n0 < of.n1 && of.e0 < other.e1 && other.e0 < of.e1))
    return { ofBoth: 0, ofSmaller: 0 };
  const [n0, n1] = [Math.min(of.n0, other.n0), Math.max(of.n1, other.n1)];
  const [e0, e1] = [Math.min(of.e0, other.e0), Math.max(of.e1, other.e1)];
  const step = Math.max(n1 - n0, e1 - e0) / cells;
  let [inA, inB, both] = [0, 0, 0];
  for (let n = n0 + step / 2; n < n1; n += step)
    for (let e = e0 + step / 2; e < e1; e += step) {
      const [hasA, hasB] = [isInside(a, [n, e]), isInside(b, [n, e])];
      inA += Number(hasA);
      inB += Number(hasB);
      both += Number(hasA && hasB);
    }
  const smaller = Math.min(inA, inB);
  return { ofBoth: both === 0 ? 0 : both / (inA + inB - both), ofSmaller: smaller === 0 ? 0 : both / smaller };
}

/** Metres from one ring to the other; 0 where they touch or overlap. */
export function gapOf(a: Ring, b: Ring): number {
  const [first, other] = [a[0], b[0]];
  if (!first || !other) return Number.POSITIVE_INFINITY;
  if (isInside(a, other) || isInside(b, first)) return 0;
  return Math.min(...[...sides(a)].flatMap((side) => [...sides(b)].map((one) => apart(side, one))));
}

type Side = readonly [Metres, Metres];

const sides = (ring: Ring): Side[] => ring.map((one, i): Side => [one, ring[(i + 1) % ring.length] ?? one]);

function apart(p: Side, q: Side): number {
  if (cross(p, q)) return 0;
  return Math.min(toSide(p[0], q), toSide(p[1], q), toSide(q[0], p), toSide(q[1], p));
}

function cross([a, b]: Side, [c, d]: Side): boolean {
  const turn = (o: Metres, x: Metres, y: Metres): number =>
    Math.sign((x[0] - o[0]) * (y[1] - o[1]) - (x[1] - o[1]) * (y[0] - o[0]));
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

function toSide([n, e]: Metres, [[an, ae], [bn, be]]: Side): number {
  const long = (bn - an) ** 2 + (be - ae) ** 2;
  const t = long === 0 ? 0 : Math.max(0, Math.min(1, ((n - an) * (bn - an) + (e - ae) * (be - ae)) / long));
  return Math.hypot(n - an - t * (bn - an), e - ae - t * (be - ae));
}

/** The corners of the least convex ring that holds all points (A. M. Andrew, 1979). */
export function hullOf(points: Ring): Ring {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const turn = (o: Metres, a: Metres, b: Metres): number =>
    (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const chain = (ordered: Ring): Metres[] => {
    const kept: Metres[] = [];
    for (const one of ordered) {
      for (let [o, a] = kept.slice(-2); o && a && turn(o, a, one) <= 0; [o, a] = kept.slice(-2)) kept.pop();
      kept.push(one);
    }
    return kept.slice(0, -1);
  };
  return [...chain(sorted), ...chain(sorted.reverse())];
}

/** Length and width of the narrowest rectangle that holds the ring. */
export function extentOf(ring: Ring): { readonly lengthM: number; readonly widthM: number } {
  const hull = hullOf(ring);
  let best = { lengthM: 0, widthM: Number.POSITIVE_INFINITY };
  for (const [i, [an, ae]] of hull.entries()) {
    const [bn, be] = hull[(i + 1) % hull.length] ?? [an, ae];
    const side = Math.sqrt((bn - an) ** 2 + (be - ae) ** 2);
    if (side === 0) continue;
    const [un, ue] = [(bn - an) / side, (be - ae) / side];
    const spread = (of: (one: Metres) => number): number => {
      const values = hull.map(of);
      return Math.max(...values) - Math.min(...values);
    };
    const along = spread(([n, e]) => n * un + e * ue);
    const across = spread(([n, e]) => n * ue - e * un);
    const [lengthM, widthM] = along > across ? [along, across] : [across, along];
    if (widthM < best.widthM) best = { lengthM, widthM };
  }
  return Number.isFinite(best.widthM) ? best : { lengthM: 0, widthM: 0 };
}
