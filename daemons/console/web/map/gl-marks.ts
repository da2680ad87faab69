/** The marks of devices and alerts, one by one and many at once. */
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { say } from '../text.ts';
import { fonts } from './gl-base.ts';
import type { Palette } from './palette.ts';

const many: ExpressionSpecification = ['has', 'point_count'];
const one: ExpressionSpecification = ['!', many];
const always = { 'icon-allow-overlap': true, 'icon-ignore-placement': true } as const;
/** A cluster wears the shape of its most severe alert, as if nobody had seen it. */
const worst: ExpressionSpecification = [
  'match',
  ['get', 'rank'],
  2,
  'critical-open-waiting',
  1,
  'warning-open-waiting',
  'info-open-waiting',
];

export function markLayers(palette: Palette): LayerSpecification[] {
  const paint = { 'text-color': palette.ink, 'text-halo-color': palette.halo, 'text-halo-width': 2 };
  const under = { 'text-font': fonts, 'text-size': 11, 'text-anchor': 'top', 'text-optional': true } as const;
  const simulated: ExpressionSpecification = ['case', ['>', ['get', 'simulated'], 0], `\n${say('simulated.tag')}`, ''];
  return [
    {
      id: 'devices-many',
      type: 'symbol',
      source: 'devices',
      filter: many,
      layout: {
        ...always,
        ...under,
        'icon-image': 'device-many',
        'text-field': ['get', 'point_count_abbreviated'],
        'text-offset': [0, 0.9],
      },
      paint,
    },
    {
      id: 'devices',
      type: 'symbol',
      source: 'devices',
      filter: one,
      layout: {
        ...always,
        'icon-image': ['concat', 'device-', ['get', 'status']],
        'text-field': ['step', ['zoom'], '', 4, ['get', 'name']],
        'text-font': fonts,
        'text-size': 12,
        'text-anchor': 'left',
        'text-offset': [2.2, 0],
        'text-optional': true,
      },
      paint,
    },
    {
      id: 'alerts-many',
      type: 'symbol',
      source: 'alerts',
      filter: many,
      layout: {
        ...always,
        ...under,
        'icon-image': worst,
        'symbol-sort-key': ['get', 'order'],
        'text-field': ['concat', ['to-string', ['get', 'n']], simulated],
        'text-offset': [0, 2.1],
        'text-size': 12,
      },
      paint,
    },
    {
      id: 'alerts',
      type: 'symbol',
      source: 'alerts',
      filter: one,
      layout: {
        ...always,
        ...under,
        'icon-image': ['get', 'icon'],
        'symbol-sort-key': ['get', 'order'],
        'text-field': ['get', 'label'],
        'text-offset': [0, 2.3],
      },
      paint,
    },
    {
      id: 'chosen-ring',
      type: 'circle',
      source: 'chosen',
      paint: {
        'circle-radius': 23,
        'circle-color': 'rgba(0,0,0,0)',
        'circle-stroke-width': 3,
        'circle-stroke-color': palette.accent,
      },
    },
    // The one that is looked at is never hidden in a number.
    { id: 'chosen', type: 'symbol', source: 'chosen', layout: { ...always, 'icon-image': ['get', 'icon'] } },
  ];
}
