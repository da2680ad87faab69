/**
 * How far the region of an alert came since it was held against the dwellings. A revision is committed before anybody can hold it
 * against the layer, so what the store keeps must say by itself whether the last word still covers it. It keeps metres and no place:
 * a position near a dwelling is personal data, and acts are never forgotten. Pure.
 */
import { metresTo, type Spot, spotAt } from '../geo/local.ts';
import type { Alert } from '../values/alert.ts';
import type { Desk } from '../values/desk.ts';
import type { Dwellings } from './dwellings.ts';
import type { Ground, Line } from './ground.ts';
import { regionOf } from './region.ts';

/** Metres that are tried, the widest first; nothing is known of less. */
const margins = [1000, 250, 50, 10] as const;
/** A change that moves no side of the box still is one: the region may lie otherwise within it. */
const leastM = 0.001;
/** More says nothing more, and JSON has no infinity. */
const mostM = 1e9;
/** Beyond this the metres of one place are not those of another to one in a hundred. */
const widestM = 20_000;

/** Metres from a place: the sides of the box around a region with its margin. */
interface Box {
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
}

function startOf({ rings }: Ground): Spot | null {
  const first = rings[0]?.[0];
  return first ? { lon: first[0], lat: first[1] } : null;
}

function boxOf({ rings, radiusM }: Ground, from: Spot): Box {
  let [south, north, west, east] = [mostM, -mostM, mostM, -mostM];
  for (const [lon, lat] of rings.flat()) {
    const [y, x] = metresTo(from, { lon, lat });
    [south, north] = [Math.min(south, y), Math.max(north, y)];
    [west, east] = [Math.min(west, x), Math.max(east, x)];
  }
  return { south: south - radiusM, north: north + radiusM, west: west - radiusM, east: east + radiusM };
}

/** How far, in metres, the region may grow or move without touching another dwelling; 0: not at all. */
export function clearanceOf(region: Ground | null, touched: readonly string[], layer: Dwellings): number {
  const from = region && startOf(region);
  if (!region || !from) return 0;
  const box = boxOf(region, from);
  if (box.north - box.south > widestM || box.east - box.west > widestM) return 0;
  const same = touched.join('\n');
  return margins.find((marginM) => layer.touchedBy(widened(box, from, marginM)).join('\n') === same) ?? 0;
}

/** One in a hundred more, for metres that are not quite the same at its ends. */
function widened({ south, north, west, east }: Box, from: Spot, marginM: number): Ground {
  const more = (side: number): number => side + Math.sign(side || 1) * (Math.abs(side) / 100);
  const at = (y: number, x: number): readonly [number, number] => {
    const { lat, lon } = spotAt(from, [y, x]);
    return [lon, lat];
  };
  const by = marginM * 1.01;
  const [s, n] = [Math.min(more(south), south) - by, Math.max(more(north), north) + by];
  const [w, e] = [Math.min(more(west), west) - by, Math.max(more(east), east) + by];
  const ring: Line = [at(s, w), at(s, e), at(n, e), at(n, w), at(s, w)];
  return { rings: [ring], radiusM: 0 };
}

/** Metres by which the box around `after` reaches beyond that around `before`; 0 where the region is the same. */
export function movedM(before: Ground | null, after: Ground | null): number {
  const [start, there] = [before && startOf(before), after && startOf(after)];
  if (!after || !there || JSON.stringify(before) === JSON.stringify(after)) return 0;
  if (!before || !start) return mostM;
  const [a, b] = [boxOf(before, start), boxOf(after, start)];
  const beyond = Math.max(a.south - b.south, b.north - a.north, a.west - b.west, b.east - a.east, leastM);
  return Math.min(mostM, beyond);
}

/** The desk of an alert of which `after` came in place of `before`; the same one where nothing of it changes. */
export function afterRevision(desk: Desk, before: Alert, after: Alert): Desk {
  const { dwelling } = desk;
  if (!dwelling || dwelling.clearM === undefined) return desk;
  const more = movedM(regionOf(before), regionOf(after));
  if (more === 0) return desk;
  return { ...desk, dwelling: { ...dwelling, movedM: Math.min(mostM, (dwelling.movedM ?? 0) + more) } };
}

/** Whether the region may touch what nobody looked at yet. Judged by a program of before, nothing is known: it is not held for it. */
export const isBeyond = ({ clearM, movedM: came = 0 }: NonNullable<Desk['dwelling']>): boolean =>
  clearM !== undefined && came > clearM;
