/** Tracks on MapLibre's map: proposed ones broken, flown ones whole. */
import type { Feature } from 'geojson';
import type { LayerSpecification } from 'maplibre-gl';
import type { Model } from '../model.ts';
import { seenTracks } from '../track.ts';
import { isOf } from './gl-base.ts';
import type { Palette } from './palette.ts';

export const trackFeatures = ({ tracks, selected }: Model): Feature[] =>
  seenTracks(tracks, selected).map(({ kind, way }) => ({
    type: 'Feature',
    properties: { is: 'track', kind },
    geometry: { type: 'LineString', coordinates: way.map(({ lon, lat }) => [lon, lat]) },
  }));

/** Beneath devices and alerts. */
export function trackLayers(palette: Palette): LayerSpecification[] {
  const line = (kind: 'proposed' | 'flown', dash?: readonly number[]): LayerSpecification => ({
    id: `track-${kind}`,
    type: 'line',
    source: 'shapes',
    filter: ['all', isOf('track'), ['==', ['get', 'kind'], kind]],
    layout: { 'line-join': 'round', 'line-cap': dash ? 'butt' : 'round' },
    paint: { 'line-color': palette.accent, 'line-width': 3, ...(dash ? { 'line-dasharray': [...dash] } : {}) },
  });
  const halo: LayerSpecification = {
    ...{ id: 'track-halo', type: 'line', source: 'shapes', filter: isOf('track') },
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': palette.halo, 'line-width': 7 },
  };
  return [halo, line('flown'), line('proposed', [2, 1.2])];
}
