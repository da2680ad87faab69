/** The geometry of a source estimate, in degrees for a map and in metres for a picture. */

import type { Alert } from '../../core/values/alert.ts';
import type { HeatMap, Rings, SourceFound } from '../../core/values/plume.ts';

/** Metres in a degree of latitude. */
const degreeM = 111_195;

export interface HeatCell {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
  /** Of the most probable cell, 0 to 1. */
  readonly share: number;
}

/** The cells that hold anything, as rectangles. */
export function heatCells({ lat, lon, cellLat, cellLon, columns, permille }: HeatMap): HeatCell[] {
  const most = Math.max(1, ...permille);
  return permille.flatMap((one, i): HeatCell[] => {
    if (one === 0) return [];
    const [west, south] = [lon + (i % columns) * cellLon, lat + Math.floor(i / columns) * cellLat];
    return [{ west, south, east: west + cellLon, north: south + cellLat, share: one / most }];
  });
}

/** The longest way across a region, in metres. */
export function acrossM(rings: Rings): number {
  const corners = rings.flat();
  const cosine = Math.cos(((corners[0]?.[1] ?? 0) * Math.PI) / 180);
  let most = 0;
  for (const [i, [lon, lat]] of corners.entries())
    for (const [otherLon, otherLat] of corners.slice(i + 1))
      most = Math.max(most, Math.hypot((lon - otherLon) * cosine, lat - otherLat));
  return most * degreeM;
}

export interface Frame {
  /** Metres east and south of the middle. */
  readonly x: (lon: number) => number;
  readonly y: (lat: number) => number;
  /** Metres from the middle to the nearest edge. */
  readonly half: number;
}

/** A square around the region and the place it was measured from, with room to spare. */
export function frameOf(
  { region90, where }: SourceFound,
  from: { readonly lat: number; readonly lon: number } | null,
): Frame {
  const corners = [
    ...region90.flat(),
    [where.lon, where.lat] as const,
    ...(from ? [[from.lon, from.lat] as const] : []),
  ];
  const [lons, lats] = [corners.map(([lon]) => lon), corners.map(([, lat]) => lat)];
  const middle = { lon: (Math.min(...lons) + Math.max(...lons)) / 2, lat: (Math.min(...lats) + Math.max(...lats)) / 2 };
  const perLon = degreeM * Math.cos((middle.lat * Math.PI) / 180);
  const x = (lon: number): number => (lon - middle.lon) * perLon;
  const y = (lat: number): number => (middle.lat - lat) * degreeM;
  const half = Math.max(10, ...corners.map(([lon, lat]) => Math.max(Math.abs(x(lon)), Math.abs(y(lat)))));
  return { x, y, half: 1.4 * half };
}

/** Rings as the outline of a path, through these two functions. */
export const ringsPath = (rings: Rings, x: (lon: number) => number, y: (lat: number) => number): string =>
  rings.map((ring) => `M${ring.map(([lon, lat]) => `${x(lon)} ${y(lat)}`).join('L')}Z`).join('');

/** The estimate of an alert that found a source; null where there is none. */
export const foundIn = ({ plume }: Pick<Alert, 'plume'>): SourceFound | null =>
  plume?.answer === 'source' ? plume : null;
