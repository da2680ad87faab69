/** Located sources on MapLibre's map: heat, regions, and the wind on its way to where it was measured. */
import type { Feature, Geometry } from 'geojson';
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { deviceOf } from '../board.ts';
import type { Model } from '../model.ts';
import { foundIn, heatCells } from '../plume-shape.ts';
import { say } from '../text.ts';
import { fonts, isOf } from './gl-base.ts';
import type { Palette } from './palette.ts';
import type { Place } from './places.ts';

const of = (geometry: Geometry, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  properties,
  geometry,
});

/** Heat maps drawn at once at the most: each is up to a thousand cells. */
const mostHeat = 8;

export function plumeFeatures(model: Model, places: readonly Place[]): Feature[] {
  const records = places.map(({ records: [first] }) => first);
  const located = records.flatMap((record) => {
    const found = foundIn(record.alert);
    return found ? [{ record, found }] : [];
  });
  const heat = located.slice(-mostHeat).flatMap(({ record, found }) =>
    heatCells(found.heat).map(({ west, south, east, north, share }) => {
      const ring = [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ];
      return of({ type: 'Polygon', coordinates: [ring] }, { is: 'heat', severity: record.alert.severity, share });
    }),
  );
  const plumes = located.flatMap(({ record, found }) =>
    ([90, 50] as const).flatMap((percent) =>
      (percent === 90 ? found.region90 : found.region50).map((ring) =>
        of(
          { type: 'LineString', coordinates: ring.map(([lon, lat]) => [lon, lat]) },
          { is: 'plume', severity: record.alert.severity, percent },
        ),
      ),
    ),
  );
  const winds = records.flatMap((record) => {
    const { plume, where } = record.alert;
    const at = deviceOf(model.board, record)?.where ?? where;
    const latest = plume?.latest;
    if (!at || !latest || latest.fromDeg === null) return [];
    const label = say('map.wind', { deg: Math.round(latest.fromDeg) % 360, speed: latest.speedMs.toFixed(1) });
    return [of({ type: 'Point', coordinates: [at.lon, at.lat] }, { is: 'wind', fromDeg: latest.fromDeg, label })];
  });
  return [...heat, ...plumes, ...winds];
}

/** From afar they are smaller than the mark of the alert. */
const fromZoom = 10;

/** Beneath devices and alerts. */
export function plumeLayers(palette: Palette, color: ExpressionSpecification): LayerSpecification[] {
  const edge = (percent: number, width: number): LayerSpecification => ({
    id: `plume-${percent}`,
    type: 'line',
    source: 'shapes',
    minzoom: fromZoom,
    filter: ['all', isOf('plume'), ['==', ['get', 'percent'], percent]],
    paint: { 'line-color': color, 'line-width': width },
  });
  return [
    {
      id: 'heat',
      type: 'fill',
      source: 'shapes',
      minzoom: fromZoom,
      filter: isOf('heat'),
      paint: { 'fill-color': color, 'fill-opacity': ['*', 0.7, ['get', 'share']], 'fill-antialias': false },
    },
    edge(90, 2),
    edge(50, 3),
    {
      id: 'winds',
      type: 'symbol',
      source: 'shapes',
      minzoom: fromZoom,
      filter: isOf('wind'),
      layout: {
        'icon-image': 'wind',
        'icon-anchor': 'bottom',
        'icon-rotate': ['get', 'fromDeg'],
        'icon-rotation-alignment': 'map',
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'text-field': ['get', 'label'],
        'text-font': fonts,
        'text-size': 12,
        'text-anchor': 'top',
        'text-offset': [0, 1],
        'text-optional': true,
      },
      paint: { 'text-color': palette.ink, 'text-halo-color': palette.halo, 'text-halo-width': 2 },
    },
  ];
}
