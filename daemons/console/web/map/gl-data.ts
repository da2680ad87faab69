import type { Feature, FeatureCollection, Geometry } from 'geojson';
import { severityRank } from '../../../core/desk/urgency.ts';
import { type DeviceRecord, deviceKey, isSimulated } from '../board.ts';
import type { Model } from '../model.ts';
import { say } from '../text.ts';
import { alertIcon } from './gl-icons.ts';
import { plumeFeatures } from './gl-plume.ts';
import { trackFeatures } from './gl-track.ts';
import { orderOf, type Place } from './places.ts';
import { plotLines } from './plot-shape.ts';
import { type Box, type Drawn, degreeLabel, gridFor, groundCircle } from './shape.ts';

export const collect = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });
const of = (geometry: Geometry, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  properties,
  geometry,
});
const point = (lon: number, lat: number): Geometry => ({ type: 'Point', coordinates: [lon, lat] });

/** Cells of the graticule between two labels of one line. */
const labelEvery = 2;

export function gridFeatures({ bounds, step }: Drawn): FeatureCollection {
  const { meridians, parallels, decimals } = gridFor(bounds, step);
  const [west, south, east, north] = bounds;
  const line = (from: [number, number], to: [number, number]): Feature =>
    of({ type: 'LineString', coordinates: [from, to] }, {});
  const [low, high] = [Math.max(-85, south), Math.min(85, north)];
  // Labels are points of their own: along lines MapLibre would bend and test each of them anew in every frame.
  const between = (lines: readonly number[]): readonly number[] =>
    lines.filter((_, n) => n % labelEvery === 0).map((at) => at + step / 2);
  const [lats, lons] = [between(parallels), between(meridians)];
  const labels = (label: string, spots: readonly (readonly [number, number])[]): readonly Feature[] =>
    spots.map(([lon, lat]) => of(point(lon, lat), { label }));
  return collect([
    ...meridians.flatMap((lon) => {
      const around = ((((lon + 180) % 360) + 360) % 360) - 180;
      const label = degreeLabel(around, say('compass.east'), say('compass.west'), decimals);
      return [
        line([lon, low], [lon, high]),
        ...labels(
          label,
          lats.map((lat) => [lon, lat]),
        ),
      ];
    }),
    ...parallels.flatMap((lat) => {
      const label = degreeLabel(lat, say('compass.north'), say('compass.south'), decimals);
      return [
        line([west, lat], [east, lat]),
        ...labels(
          label,
          lons.map((lon) => [lon, lat]),
        ),
      ];
    }),
  ]);
}

/** The circles that hold the true place nine times in ten. */
function regionFeature({ records: [first] }: Place): Feature[] {
  const { where, severity } = first.alert;
  if (!where) return [];
  const lines = plotLines(first.alert);
  if (lines)
    return lines.map((line) =>
      of({ type: 'Polygon', coordinates: [line.map(([x, y]) => [x, y])] }, { is: 'region', severity }),
    );
  const ring = groundCircle(where.lat, where.lon, where.ceM);
  // A located source has a region of its own: then the circle is only how far off its best place may be.
  return [of({ type: 'Polygon', coordinates: [ring] }, { is: 'region', severity, located: where.source === 'plume' })];
}

export function alertFeatures(model: Model, places: readonly Place[]): Feature[] {
  return places.map(({ lat, lon, records }) => {
    const [first] = records;
    const words = [
      records.length > 1 ? say('map.more', { n: records.length }) : null,
      isSimulated(model.board, first) ? say('simulated.tag') : null,
    ];
    return of(point(lon, lat), {
      key: `${lat.toFixed(5)} ${lon.toFixed(5)}`,
      id: first.alert.id,
      icon: alertIcon(first),
      label: words.filter((text) => text !== null).join('\n'),
      order: orderOf(first),
      n: records.length,
      rank: 2 - severityRank[first.alert.severity],
      simulated: isSimulated(model.board, first) ? 1 : 0,
    });
  });
}

export function deviceFeatures({ board }: Model): Feature[] {
  const features: Feature[] = [];
  for (const one of board.devices.values()) if (one.where) features.push(deviceFeature(one, one.where));
  return features;
}

/** A record never changes, and neither does its mark. */
const marked = new WeakMap<DeviceRecord, Feature>();
function deviceFeature(one: DeviceRecord, { lat, lon }: NonNullable<DeviceRecord['where']>): Feature {
  const { device, status } = one;
  const feature = marked.get(one) ?? of(point(lon, lat), { key: deviceKey(one), name: device, status });
  marked.set(one, feature);
  return feature;
}

/** The box whose page is open. */
function chosenBox({ board, device, selected }: Model): Feature[] {
  const box = device === null || selected !== null ? undefined : board.devices.get(device);
  if (!box?.where) return [];
  return [of(point(box.where.lon, box.where.lat), { is: 'chosen', icon: `device-${box.status}` })];
}

/** Shapes drawn at the most: those of a view that holds more are smaller than their marks. */
const mostShapes = 150;
/** A smaller circle is hidden by its mark. */
const leastPx = 3;

export interface Look {
  readonly bounds: Box;
  readonly metresPerPx: number;
}

/** Regions, plumes and winds of what is looked at: the rest would cost the drawing of the whole country. */
export function shapeFeatures(model: Model, places: readonly Place[], { bounds, metresPerPx }: Look): Feature[] {
  const [west, south, east, north] = bounds;
  const [marginLon, marginLat] = [(east - west) / 4, (north - south) / 4];
  const seen = places.filter(({ lat, lon, records: [first] }) => {
    if (first.alert.id === model.selected) return true;
    const isNear =
      lon > west - marginLon && lon < east + marginLon && lat > south - marginLat && lat < north + marginLat;
    const size = Math.max(first.alert.where?.ceM ?? 0, first.alert.plot?.lengthM ?? 0, first.alert.plume ? 500 : 0);
    return isNear && size >= leastPx * metresPerPx;
  });
  const near = seen.slice(-mostShapes);
  const chosen = near.filter(({ records: [first] }) => first.alert.id === model.selected);
  return [
    ...near.flatMap(regionFeature),
    ...plumeFeatures(model, near),
    ...trackFeatures(model),
    ...chosenBox(model),
    ...alertFeatures(model, chosen).map((one) => ({ ...one, properties: { ...one.properties, is: 'chosen' } })),
  ];
}
