import type { Feature, FeatureCollection, Geometry } from 'geojson';
import { isSimulated } from '../board.ts';
import type { Model } from '../model.ts';
import { say } from '../text.ts';
import { alertIcon } from './gl-icons.ts';
import { plumeFeatures } from './gl-plume.ts';
import { trackFeatures } from './gl-track.ts';
import { gatherPlaces, type Place } from './places.ts';
import { plotLines } from './plot-shape.ts';
import { degreeLabel, gridFor, groundCircle } from './shape.ts';

const collect = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });
const of = (geometry: Geometry, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  properties,
  geometry,
});
const point = (lon: number, lat: number): Geometry => ({ type: 'Point', coordinates: [lon, lat] });

export function gridFeatures(bounds: readonly [number, number, number, number]): FeatureCollection {
  const { meridians, parallels, decimals } = gridFor(bounds);
  const [west, south, east, north] = bounds;
  const line = (from: [number, number], to: [number, number], label: string): Feature =>
    of({ type: 'LineString', coordinates: [from, to] }, { label });
  const [low, high] = [Math.max(-85, south - 2), Math.min(85, north + 2)];
  return collect([
    ...meridians.map((lon) => {
      const around = ((((lon + 180) % 360) + 360) % 360) - 180;
      return line([lon, low], [lon, high], degreeLabel(around, say('compass.east'), say('compass.west'), decimals));
    }),
    ...parallels.map((lat) =>
      line([west - 2, lat], [east + 2, lat], degreeLabel(lat, say('compass.north'), say('compass.south'), decimals)),
    ),
  ]);
}

/** The circles that hold the true place nine times in ten. */
function regionFeature({ records: [first] }: Place): Feature[] {
  const { where, severity } = first.alert;
  if (!where) return [];
  const lines = plotLines(first.alert);
  if (lines)
    return lines.map((line) => of({ type: 'Polygon', coordinates: [line.map(([x, y]) => [x, y])] }, { severity }));
  const ring = groundCircle(where.lat, where.lon, where.ceM);
  // A located source has a region of its own: then the circle is only how far off its best place may be.
  return [of({ type: 'Polygon', coordinates: [ring] }, { severity, located: where.source === 'plume' })];
}

function placeFeature(model: Model, { lat, lon, records }: Place, order: number): Feature {
  const [first] = records;
  const words = [
    records.length > 1 ? say('map.more', { n: records.length }) : null,
    isSimulated(model.board, first) ? say('simulated.tag') : null,
  ];
  return of(point(lon, lat), {
    id: first.alert.id,
    icon: alertIcon(first),
    label: words.filter((text) => text !== null).join('\n'),
    chosen: first.alert.id === model.selected,
    order,
  });
}

export interface KnownData {
  readonly regions: FeatureCollection;
  readonly devices: FeatureCollection;
  readonly alerts: FeatureCollection;
  readonly heat: FeatureCollection;
  readonly plumes: FeatureCollection;
  readonly winds: FeatureCollection;
  readonly tracks: FeatureCollection;
}

export function knownFeatures(model: Model): KnownData {
  const places = gatherPlaces(model.board.alerts.values(), model.selected);
  const devices = [...model.board.devices.values()].flatMap(({ where, device, status }) =>
    where ? [of(point(where.lon, where.lat), { name: device, status })] : [],
  );
  return {
    regions: collect(places.flatMap(regionFeature)),
    devices: collect(devices),
    alerts: collect(places.map((place, order) => placeFeature(model, place, order))),
    ...plumeFeatures(model, places),
    tracks: trackFeatures(model),
  };
}
