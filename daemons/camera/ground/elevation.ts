/** A tile of heights above sea level, and the height between its points. */

import { metresTo, type Spot } from '../../core/geo/local.ts';
import { Fault } from '../../core/ports/fault.ts';

export interface Elevation {
  /** Of the first point, in the north-west corner, and the step from point to point, in degrees. */
  readonly north: number;
  readonly west: number;
  readonly stepLat: number;
  readonly stepLon: number;
  readonly columns: number;
  readonly rows: number;
  /** NaN where nobody knows. */
  readonly heights: Float32Array;
}

/** Metres. No place of the Earth's land is outside them: what is, is no height. */
const possible = { lowest: -500, highest: 9000 } as const;

/** Between its four points; null outside the tile, and where one of them is not known. */
export function heightIn(tile: Elevation, { lat, lon }: Spot): number | null {
  const { north, west, stepLat, stepLon, columns, rows, heights } = tile;
  const [y, x] = [(north - lat) / stepLat, (lon - west) / stepLon];
  if (!(x >= 0 && y >= 0 && x <= columns - 1 && y <= rows - 1)) return null;
  const [x0, y0] = [Math.min(columns - 2, Math.floor(x)), Math.min(rows - 2, Math.floor(y))];
  const at = (dx: number, dy: number): number => heights[(y0 + dy) * columns + x0 + dx] ?? Number.NaN;
  const [fx, fy] = [x - x0, y - y0];
  const height = (1 - fy) * ((1 - fx) * at(0, 0) + fx * at(1, 0)) + fy * ((1 - fx) * at(0, 1) + fx * at(1, 1));
  return Number.isNaN(height) ? null : height;
}

export const isHeight = (metres: number): boolean => metres >= possible.lowest && metres <= possible.highest;

/** Metres between two points of it, the shorter way. */
export function spacingOf({ north, west, stepLat, stepLon, rows }: Elevation): number {
  const middle = { lat: north - (rows / 2) * stepLat, lon: west };
  const [down] = metresTo({ lat: middle.lat + stepLat, lon: west }, middle);
  const [, across] = metresTo(middle, { lat: middle.lat, lon: west + stepLon });
  return Math.min(Math.abs(down), Math.abs(across));
}

/** Points along a side: of three arc seconds, and of one. */
const sides: ReadonlyMap<number, number> = new Map([
  [1201 * 1201 * 2, 1201],
  [3601 * 3601 * 2, 3601],
]);
const hgtVoid = -32768;

/**
 * An SRTM tile (USGS, SRTM Topo): big-endian 16-bit metres above the geoid, row by row from the north-west; the name says the
 * south-west corner. Errors: Fault `config` with the file and what is wrong with it.
 */
export function readHgt(name: string, bytes: Uint8Array): Elevation {
  const corner = /(?:^|\/)([NS])(\d{2})([EW])(\d{3})\.hgt$/i.exec(name);
  if (!corner)
    throw new Fault('config', `${name}: is no name of an SRTM tile; must be like N47E008.hgt, its south-west corner`);
  const side = sides.get(bytes.length);
  if (side === undefined)
    throw new Fault(
      'config',
      `${name}: has ${bytes.length} bytes; must have ${[...sides.keys()].join(' or ')}: it is cut off`,
    );
  const [, ns = '', lat = '', ew = '', lon = ''] = corner;
  const south = Number(lat) * (ns.toUpperCase() === 'S' ? -1 : 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const heights = new Float32Array(side * side);
  for (let i = 0; i < heights.length; i++) {
    const metres = view.getInt16(2 * i);
    heights[i] = metres === hgtVoid || !isHeight(metres) ? Number.NaN : metres;
  }
  const step = 1 / (side - 1);
  return {
    ...{ north: south + 1, west: Number(lon) * (ew.toUpperCase() === 'W' ? -1 : 1) },
    ...{ stepLat: step, stepLon: step, columns: side, rows: side, heights },
  };
}
