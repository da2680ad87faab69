import type { ExpressionSpecification, LayerSpecification, SourceSpecification } from 'maplibre-gl';
import { locale } from '../text.ts';
import type { RegionMap } from './base.ts';
import type { Palette } from './palette.ts';

export const fonts = ['system-ui', 'sans-serif'];

/** Features of one source that are drawn alike say so in `is`: each source asks the map's own thread for every tile, so there are few. */
export const isOf = (what: string): ExpressionSpecification => ['==', ['get', 'is'], what];

/** Layer names of the two common vector schemas, Protomaps and OpenMapTiles, by what they are drawn as. */
const water = /^(water|waterway|ocean)$/;
const green = /^(landuse|landcover|park|natural)$/;
const roads = /^(roads|transportation)$/;
const buildings = /^(buildings?|building_part)$/;
const borders = /^(boundaries|boundary|admin)$/;
const places = /^(places?|place_label)$/;

export function regionSources(maps: readonly RegionMap[]): Record<string, SourceSpecification> {
  const sources: Record<string, SourceSpecification> = {};
  maps.forEach(({ kind, url, minZoom, maxZoom, bounds: [west, south, east, north] }, i) => {
    const tiles = [`pmtiles://${location.origin}${url}/{z}/{x}/{y}`];
    const shared = { tiles, minzoom: minZoom, maxzoom: maxZoom, bounds: [west, south, east, north] };
    sources[`region-${i}`] = (
      kind === 'vector' ? { type: 'vector', ...shared } : { type: 'raster', tileSize: 256, ...shared }
    ) as SourceSpecification;
  });
  return sources;
}

/** Layers of the regions, for above the outline and below everything that Fieldpost knows. */
export function regionLayers(maps: readonly RegionMap[], palette: Palette): LayerSpecification[] {
  return maps.flatMap((map, i): LayerSpecification[] => {
    const source = `region-${i}`;
    if (map.kind === 'raster') {
      const paint = palette.isNight ? { 'raster-brightness-max': 0.55, 'raster-saturation': -0.4 } : {};
      return [{ id: source, type: 'raster', source, paint }];
    }
    return map.layers.flatMap((layer) => vectorLayers(source, layer, palette));
  });
}

function vectorLayers(source: string, layer: string, palette: Palette): LayerSpecification[] {
  const base = { source, 'source-layer': layer };
  const id = `${source}-${layer}`;
  const fill = (color: string): LayerSpecification => ({
    ...base,
    id: `${id}-fill`,
    type: 'fill',
    filter: ['==', ['geometry-type'], 'Polygon'],
    paint: { 'fill-color': color, 'fill-opacity': 0.9 },
  });
  const line = (color: string, width: number): LayerSpecification => ({
    ...base,
    id: `${id}-line`,
    type: 'line',
    filter: ['==', ['geometry-type'], 'LineString'],
    paint: { 'line-color': color, 'line-width': width },
  });
  if (water.test(layer)) return [fill(palette.water), line(palette.water, 1.2)];
  if (green.test(layer)) return [fill(palette.green)];
  if (roads.test(layer)) return [line(palette.road, 1.4)];
  if (buildings.test(layer)) return [fill(palette.building)];
  if (borders.test(layer)) return [line(palette.border, 1)];
  if (layer === 'earth') return [fill(palette.land)];
  if (!places.test(layer)) return [line(palette.coast, 0.6)];
  return [
    {
      ...base,
      id,
      type: 'symbol',
      layout: {
        'text-field': ['coalesce', ['get', `name:${locale().slice(0, 2)}`], ['get', 'name']],
        'text-font': fonts,
        'text-size': 12 * palette.scale,
      },
      paint: { 'text-color': palette.name, 'text-halo-color': palette.halo, 'text-halo-width': 1.5 },
    },
  ];
}
