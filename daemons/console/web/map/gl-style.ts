import type { FeatureCollection } from 'geojson';
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { RegionMap } from './base.ts';
import { fonts, isOf, regionLayers, regionSources } from './gl-base.ts';
import { markLayers } from './gl-marks.ts';
import { plumeLayers } from './gl-plume.ts';
import { trackLayers } from './gl-track.ts';
import type { Palette } from './palette.ts';
import { type World, worldFeatures } from './world.ts';

/** GeoJSON that changes while the map is open, by source. */
export interface MovingData {
  readonly grid: FeatureCollection;
  /** Regions, plumes, winds, tracks and what is chosen. */
  readonly shapes: FeatureCollection;
  readonly devices: FeatureCollection;
  readonly alerts: FeatureCollection;
}

export const noFeatures: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Marks nearer to each other than this are one with a number, until one looks closer. */
const clusters = { cluster: true, clusterMaxZoom: 11 } as const;
const nearPx = 34;

/** The whole style, from the bottom up: outline, regions' base maps, graticule, what Fieldpost knows. */
export function mapStyle(
  world: World,
  maps: readonly RegionMap[],
  palette: Palette,
  data: MovingData,
): StyleSpecification {
  const clusterRadius = Math.round(nearPx * palette.scale);
  return {
    version: 8,
    sources: {
      world: { type: 'geojson', data: worldFeatures(world) },
      ...regionSources(maps),
      grid: { type: 'geojson', data: data.grid },
      shapes: { type: 'geojson', data: data.shapes },
      devices: { type: 'geojson', data: data.devices, promoteId: 'key', ...clusters, clusterRadius },
      alerts: {
        ...{ type: 'geojson', data: data.alerts, promoteId: 'key', ...clusters, clusterRadius },
        clusterProperties: {
          rank: ['max', ['get', 'rank']],
          n: ['+', ['get', 'n']],
          order: ['max', ['get', 'order']],
          simulated: ['max', ['get', 'simulated']],
        },
      },
    },
    layers: [...outline(palette), ...regionLayers(maps, palette), ...grid(palette), ...known(palette)],
  };
}

function outline(palette: Palette): LayerSpecification[] {
  const line = (id: string, what: string, color: string): LayerSpecification => ({
    ...{ id, type: 'line', source: 'world', filter: isOf(what) },
    paint: { 'line-color': color, 'line-width': 1 },
  });
  return [
    { id: 'water', type: 'background', paint: { 'background-color': palette.water } },
    {
      ...{ id: 'land', type: 'fill', source: 'world', filter: isOf('land') },
      paint: { 'fill-color': palette.land, 'fill-antialias': false },
    },
    line('borders', 'border', palette.border),
    line('coasts', 'coast', palette.coast),
  ];
}

function grid(palette: Palette): LayerSpecification[] {
  const halo = { 'text-halo-color': palette.land, 'text-halo-width': 1.5 };
  return [
    {
      id: 'grid',
      type: 'line',
      source: 'grid',
      filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': palette.grid, 'line-width': 0.75 },
    },
    {
      id: 'grid-labels',
      type: 'symbol',
      source: 'grid',
      filter: ['==', ['geometry-type'], 'Point'],
      layout: {
        'text-field': ['get', 'label'],
        'text-font': fonts,
        'text-size': 10.5 * palette.scale,
      },
      paint: { 'text-color': palette.name, ...halo },
    },
    {
      id: 'names',
      type: 'symbol',
      source: 'world',
      maxzoom: 6,
      filter: ['all', isOf('name'), ['>=', ['get', 'size'], ['step', ['zoom'], 250, 1.5, 80, 2.5, 20, 3.5, 3, 4.5, 0]]],
      layout: {
        'text-field': ['get', 'name'],
        'text-font': fonts,
        'text-size': 12 * palette.scale,
        'text-max-width': 7,
        'symbol-sort-key': ['-', ['get', 'size']],
      },
      paint: { 'text-color': palette.name, ...halo },
    },
  ];
}

function known(palette: Palette): LayerSpecification[] {
  const color: ExpressionSpecification = [
    'match',
    ['get', 'severity'],
    'critical',
    palette.critical,
    'warning',
    palette.warning,
    palette.info,
  ];
  const located: ExpressionSpecification = ['to-boolean', ['get', 'located']];
  return [
    {
      id: 'regions',
      type: 'fill',
      source: 'shapes',
      filter: ['all', isOf('region'), ['!', located]],
      paint: { 'fill-color': color, 'fill-opacity': 0.14 },
    },
    {
      id: 'regions-edge',
      type: 'line',
      source: 'shapes',
      filter: ['all', isOf('region'), ['!', located]],
      paint: { 'line-color': color, 'line-width': 1.5 },
    },
    {
      id: 'regions-ce',
      type: 'line',
      source: 'shapes',
      filter: ['all', isOf('region'), located],
      paint: { 'line-color': color, 'line-width': 1.5, 'line-dasharray': [3, 3] },
    },
    ...plumeLayers(palette, color),
    ...trackLayers(palette),
    ...markLayers(palette),
  ];
}
