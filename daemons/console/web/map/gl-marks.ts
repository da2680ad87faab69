/** The marks of devices and alerts, one by one and many at once. */
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { say } from '../text.ts';
import { fonts, isOf } from './gl-base.ts';
import type { Palette } from './palette.ts';

const many: ExpressionSpecification = ['has', 'point_count'];
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
const aside: ExpressionSpecification = ['literal', [2.2, 0]];
const beneath = (em: number): ExpressionSpecification => ['literal', [0, em]];

/** One mark and many are one layer: each layer is looked through, placed and drawn for itself in every frame. */
export function markLayers(palette: Palette): LayerSpecification[] {
  const paint = { 'text-color': palette.ink, 'text-halo-color': palette.halo, 'text-halo-width': 2 };
  const { scale } = palette;
  const icon = { ...always, 'icon-size': scale } as const;
  const text = { 'text-font': fonts, 'text-optional': true } as const;
  const simulated: ExpressionSpecification = ['case', ['>', ['get', 'simulated'], 0], `\n${say('simulated.tag')}`, ''];
  const name: ExpressionSpecification = ['case', many, '', ['get', 'name']];
  const count: ExpressionSpecification = ['case', many, ['get', 'point_count_abbreviated'], ''];
  return [
    {
      id: 'devices',
      type: 'symbol',
      source: 'devices',
      layout: {
        ...icon,
        ...text,
        // In the order of the source: by their height in the view they would be sorted anew for every tile.
        'symbol-z-order': 'source',
        'icon-image': ['case', many, 'device-many', ['concat', 'device-', ['get', 'status']]],
        'text-field': ['step', ['zoom'], count, 4, ['concat', count, name]],
        'text-size': ['case', many, 11 * scale, 12 * scale],
        'text-anchor': ['case', many, 'top', 'left'],
        'text-offset': ['case', many, beneath(0.9), aside],
      },
      paint,
    },
    {
      id: 'alerts',
      type: 'symbol',
      source: 'alerts',
      layout: {
        ...icon,
        ...text,
        'icon-image': ['case', many, worst, ['get', 'icon']],
        // Each value of it is drawn for itself: there are few.
        'symbol-sort-key': ['get', 'order'],
        'text-field': ['case', many, ['concat', ['to-string', ['get', 'n']], simulated], ['get', 'label']],
        'text-size': ['case', many, 12 * scale, 11 * scale],
        'text-anchor': 'top',
        'text-offset': ['case', many, beneath(2.1), beneath(2.3)],
      },
      paint,
    },
    {
      id: 'chosen-ring',
      type: 'circle',
      source: 'shapes',
      filter: isOf('chosen'),
      paint: {
        'circle-radius': 23 * scale,
        'circle-color': 'rgba(0,0,0,0)',
        'circle-stroke-width': 3,
        'circle-stroke-color': palette.accent,
      },
    },
    // The one that is looked at is never hidden in a number.
    {
      ...{ id: 'chosen', type: 'symbol', source: 'shapes', filter: isOf('chosen') },
      layout: { ...icon, 'icon-image': ['get', 'icon'] },
    },
  ];
}
