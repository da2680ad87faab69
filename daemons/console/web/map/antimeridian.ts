import type { Geometry, Position } from 'geojson';

/**
 * world-atlas is made for a globe: its rings run over the antimeridian and around the pole. On a flat map such a step from
 * 180 to -180 would be drawn straight across the world. Here longitudes go on beyond 180 instead, so that each line is
 * whole; a map that repeats the world shows every piece of it.
 */
export function unrollLine(line: readonly Position[]): Position[] {
  let turn = 0;
  let before: number | null = null;
  return line.map(([lon = 0, lat = 0]) => {
    if (before !== null && lon - before > 180) turn -= 360;
    if (before !== null && lon - before < -180) turn += 360;
    before = lon;
    return [lon + turn, lat];
  });
}

/** The same for a ring; one that goes all around the world, as Antarctica does, is closed over its pole. */
export function unrollRing(ring: readonly Position[]): Position[] {
  const line = unrollLine(ring);
  const [firstLon = 0] = line[0] ?? [];
  const [lastLon = 0, lastLat = 0] = line.at(-1) ?? [];
  if (Math.abs(lastLon - firstLon) < 180) return line;
  const pole = lastLat < 0 ? -90 : 90;
  return [...line, [lastLon, pole], [firstLon, pole], line[0] ?? [0, 0]];
}

export function unroll<G extends Geometry>(geometry: G): G {
  switch (geometry.type) {
    case 'Polygon':
      return { ...geometry, coordinates: geometry.coordinates.map(unrollRing) };
    case 'MultiPolygon':
      return { ...geometry, coordinates: geometry.coordinates.map((polygon) => polygon.map(unrollRing)) };
    case 'MultiLineString':
      return { ...geometry, coordinates: geometry.coordinates.map(unrollLine) };
    default:
      return geometry;
  }
}
