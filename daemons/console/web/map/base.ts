/** A region's base map as `/api/maps` tells of it; the same shape as the server's `RegionMap`. */
export interface RegionMap {
  readonly name: string;
  readonly url: string;
  readonly kind: 'vector' | 'raster';
  readonly minZoom: number;
  readonly maxZoom: number;
  readonly bounds: readonly [number, number, number, number];
  readonly attribution: string;
  readonly layers: readonly string[];
}

/**
 * The 1:50 million outline of Natural Earth is off by a kilometre or more: at zoom 6 (1.2 km a pixel at the equator, 512
 * pixel tiles) that begins to show.
 */
export const outlineMaxZoom = 6;
/** A tile drawn 2^3 times larger than it was made for is the last that still helps. */
const overzoom = 3;

/** Whether the surroundings of a point are drawn well enough at this zoom. */
export function baseSupports(zoom: number, lon: number, lat: number, maps: readonly RegionMap[]): boolean {
  if (zoom <= outlineMaxZoom) return true;
  return maps.some(({ bounds: [west, south, east, north], maxZoom }) => {
    const inside = lon >= west && lon <= east && lat >= south && lat <= north;
    return inside && zoom <= maxZoom + overzoom;
  });
}
