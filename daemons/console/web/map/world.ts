import type { Feature, FeatureCollection, Geometry, MultiLineString, Position } from 'geojson';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { unroll } from './antimeridian.ts';

type Countries = GeometryCollection<{ name: string }>;

/** The bundled outline of the world, Natural Earth through world-atlas. */
export interface World {
  readonly land: FeatureCollection<Geometry, { name: string }>;
  readonly coasts: MultiLineString;
  readonly borders: MultiLineString;
  /** One point a country, with `size`: the greater its largest piece, the earlier its name is shown. */
  readonly names: FeatureCollection;
}

/** All of it as one, each with what it `is`. */
export function worldFeatures({ land, coasts, borders, names }: World): FeatureCollection {
  const all = (is: string, { features }: FeatureCollection): Feature[] =>
    features.map((one) => ({ ...one, properties: { ...one.properties, is } }));
  const line = (is: string, geometry: MultiLineString): Feature => ({ type: 'Feature', properties: { is }, geometry });
  const features = [...all('land', land), line('border', borders), line('coast', coasts), ...all('name', names)];
  return { type: 'FeatureCollection', features };
}

export async function loadWorld(url: string): Promise<World> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`world outline: HTTP ${response.status}`);
  const topology = (await response.json()) as Topology<{ countries: Countries }>;
  const { countries } = topology.objects;
  const globe = feature(topology, countries);
  const features = globe.features.map((one) => ({ ...one, geometry: unroll(one.geometry) }));
  const land = { ...globe, features };
  return {
    land,
    coasts: unroll(mesh(topology, countries, (a, b) => a === b)),
    borders: unroll(mesh(topology, countries, (a, b) => a !== b)),
    names: { type: 'FeatureCollection', features: land.features.map(nameOf) },
  };
}

function nameOf({ geometry, properties }: Feature<Geometry, { name: string }>): Feature {
  let best = { size: -1, at: [0, 0] as Position };
  for (const ring of outerRings(geometry)) {
    const middle = centroid(ring);
    if (middle.size > best.size) best = middle;
  }
  return {
    type: 'Feature',
    properties: { name: properties.name, size: best.size },
    geometry: { type: 'Point', coordinates: best.at },
  };
}

const outerRings = (geometry: Geometry): Position[][] => {
  if (geometry.type === 'Polygon') return geometry.coordinates.slice(0, 1);
  if (geometry.type === 'MultiPolygon') return geometry.coordinates.flatMap((polygon) => polygon.slice(0, 1));
  return [];
};

/** Centre of mass and area of a ring, in degrees: good enough to hang a name on. */
function centroid(ring: readonly Position[]): { size: number; at: Position } {
  let [area, x, y] = [0, 0, 0];
  ring.forEach(([x1 = 0, y1 = 0], i) => {
    const [x2 = 0, y2 = 0] = ring[(i + 1) % ring.length] ?? [];
    const cross = x1 * y2 - x2 * y1;
    area += cross / 2;
    x += (x1 + x2) * cross;
    y += (y1 + y2) * cross;
  });
  if (area === 0) return { size: 0, at: ring[0] ?? [0, 0] };
  return { size: Math.abs(area), at: [x / (6 * area), y / (6 * area)] };
}
