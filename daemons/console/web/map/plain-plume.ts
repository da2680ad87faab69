/** Located sources on the plain map: the same as on MapLibre's. */
import type { Alert } from '../../../core/values/alert.ts';
import { type AlertRecord, deviceOf } from '../board.ts';
import { svg } from '../dom.ts';
import type { Model } from '../model.ts';
import { arrow } from '../plume-block.ts';
import { foundIn, heatCells, ringsPath } from '../plume-shape.ts';
import { movedTo } from './shape.ts';

export function plainPlume(alert: Alert): SVGElement[] {
  const found = foundIn(alert);
  if (!found) return [];
  const from = alert.where ?? { lat: 0, lon: 0 };
  const cells = heatCells(found.heat).map(({ west, south, east, north, share }) =>
    svg('rect', {
      class: 'plume-heat',
      attrs: {
        x: west - from.lon,
        y: from.lat - north,
        width: east - west,
        height: north - south,
        'fill-opacity': (0.7 * share).toFixed(3),
      },
    }),
  );
  const edge = (name: string, rings: typeof found.region90): SVGElement =>
    svg('path', {
      class: name,
      attrs: {
        d: ringsPath(
          rings,
          (lon) => lon - from.lon,
          (lat) => from.lat - lat,
        ),
      },
    });
  return [
    svg(
      'g',
      { class: `shape-${alert.severity}`, attrs: { transform: movedTo(from) } },
      ...cells,
      edge('plume-90', found.region90),
      edge('plume-50', found.region50),
    ),
  ];
}

/** Smaller than a pixel to ten metres, a wind at one place says nothing of the map. */
const coarsest = 1e-3;

export function plainWind(model: Model, record: AlertRecord, unit: number): SVGElement[] {
  const { plume, where } = record.alert;
  const at = deviceOf(model.board, record)?.where ?? where;
  if (!at || plume?.latest?.fromDeg == null || unit > coarsest) return [];
  return [arrow(at.lon, -at.lat, plume.latest.fromDeg, unit)];
}
