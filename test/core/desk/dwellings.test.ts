import test from 'ava';
import fc from 'fast-check';
import { areaOf, openDwellings, pointAt } from '../../../daemons/core/desk/dwellings.ts';
import { type Ground, touches } from '../../../daemons/core/desk/ground.ts';
import { readDwellings } from '../../../daemons/core/desk/read-dwellings.ts';
import { regionOf } from '../../../daemons/core/desk/region.ts';
import { spotAt } from '../../../daemons/core/geo/local.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { sampleAlert } from '../../support/alerts.ts';

/** A square of some metres around a place; [longitude, latitude] as GeoJSON has them. */
const square = (lat: number, lon: number, halfM: number): Ground =>
  areaOf([
    [
      [-1, -1],
      [-1, 1],
      [1, 1],
      [1, -1],
      [-1, -1],
    ].map(([north = 0, east = 0]) => {
      const spot = spotAt({ lat, lon }, [north * halfM, east * halfM]);
      return [spot.lon, spot.lat] as const;
    }),
  ]);

/** Everywhere but at the poles, and often at the antimeridian. */
const lats = fc.double({ min: -80, max: 80, noNaN: true });
const lons = fc.oneof(
  fc.double({ min: -180, max: 179.99, noNaN: true }),
  fc.double({ min: 179.995, max: 179.9999, noNaN: true }),
  fc.double({ min: -180, max: -179.995, noNaN: true }),
);
const metres = fc.double({ min: 1, max: 2000, noNaN: true });
const turn = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true });

test('two circles touch just when they are as near as their radii, also across the antimeridian, and in either order', (t) => {
  fc.assert(
    fc.property(lats, lons, metres, metres, metres, turn, (lat, lon, apart, r1, r2, way) => {
      fc.pre(Math.abs(apart - r1 - r2) > 0.01 * apart + 0.01);
      const there = spotAt({ lat, lon }, [apart * Math.cos(way), apart * Math.sin(way)]);
      const [a, b] = [pointAt(lon, lat, r1), pointAt(there.lon, there.lat, r2)];
      t.is(touches(a, b), apart < r1 + r2);
      t.is(touches(b, a), apart < r1 + r2);
      const held = openDwellings([{ name: 'b', ground: b }]);
      t.deepEqual(held.touchedBy(a), apart < r1 + r2 ? ['b'] : []);
    }),
  );
});

test('a house within an area, an area within a farm, and two that cross touch; a house in a hole of the area does not', (t) => {
  fc.assert(
    fc.property(lats, lons, (lat, lon) => {
      const [small, large] = [square(lat, lon, 10), square(lat, lon, 500)];
      t.true(touches(small, large) && touches(large, small));
      t.true(touches(pointAt(lon, lat, 0), large));
      const beside = spotAt({ lat, lon }, [0, 505]);
      t.true(touches(square(beside.lat, beside.lon, 10), large));
      const holed = areaOf([...large.rings, ...square(lat, lon, 100).rings]);
      t.false(touches(small, holed));
      t.true(touches(small, areaOf([...holed.rings, ...square(lat, lon, 20).rings])));
    }),
    { numRuns: 50 },
  );
});

test('the index finds what looking at every dwelling finds', (t) => {
  const near = fc.tuple(
    fc.double({ min: -0.05, max: 0.05, noNaN: true }),
    fc.double({ min: -0.05, max: 0.05, noNaN: true }),
  );
  fc.assert(
    fc.property(
      lats,
      lons,
      fc.array(fc.tuple(near, metres, fc.boolean()), { maxLength: 30 }),
      metres,
      (lat, lon, all, radius) => {
        const dwellings = all.map(([[dLat, dLon], size, isArea], i) => {
          const at = spotAt({ lat, lon }, [dLat * 111_000, dLon * 111_000]);
          return { name: `h${i}`, ground: isArea ? square(at.lat, at.lon, size) : pointAt(at.lon, at.lat, size) };
        });
        const region = pointAt(lon, lat, radius);
        const expected = dwellings.filter(({ ground }) => touches(region, ground)).map(({ name }) => name);
        t.deepEqual(openDwellings(dwellings).touchedBy(region), expected.sort());
      },
    ),
    { numRuns: 100 },
  );
});

test('the region of an alert is its plume, its plot with the error of its place, or the circle around it', (t) => {
  const alert = sampleAlert('a');
  t.deepEqual(regionOf(alert), pointAt(71.4491, 51.1694, 150));
  t.is(regionOf({ ...alert, where: null }), null);
  const outline = square(51, 71, 5).rings;
  const plot = { outline, ellipse: { majorM: 7, minorM: 3, bearingDeg: 0 } } as never;
  t.deepEqual(regionOf({ ...alert, plot }), { rings: outline, radiusM: 7 });
  const plume = { answer: 'source', region90: outline } as never;
  t.deepEqual(regionOf({ ...alert, plume, plot }), areaOf(outline));
});

const layer = (features: readonly unknown[]): string => JSON.stringify({ type: 'FeatureCollection', features });
const house = {
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [71.4, 51.1] },
  properties: { name: 'house 7' },
};

test('a layer of points, areas and groups of areas is read, each with its name', (t) => {
  const ring = square(51, 71, 100).rings[0];
  const read = readDwellings(
    'homes.geojson',
    layer([
      { ...house, properties: { name: 'house 7', radiusM: 12 } },
      { type: 'Feature', id: 4, geometry: { type: 'Polygon', coordinates: [ring] }, properties: null },
      { type: 'Feature', geometry: { type: 'MultiPolygon', coordinates: [[ring], [ring]] }, properties: {} },
    ]),
  );
  t.deepEqual(
    read.map(({ name, ground }) => [name, ground.rings.length, ground.radiusM]),
    [
      ['house 7', 1, 12],
      ['4', 1, 0],
      ['features[2]', 1, 0],
      ['features[2]', 1, 0],
    ],
  );
});

test('every mistake in a layer is named with file and path, and nothing of it is taken', (t) => {
  const wrong = layer([
    { ...house, geometry: { type: 'Point', coordinates: [51.1, 171.4] } },
    house,
    { ...house, geometry: { type: 'LineString', coordinates: [] } },
    { ...house, properties: { radiusM: -1 } },
    {
      ...house,
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [0, 1],
            [1, 1],
            [1, 0],
          ],
        ],
      },
    },
  ]);
  const error = t.throws(() => readDwellings('homes.geojson', wrong));
  t.true(isFault(error) && error.kind === 'config');
  for (const path of [
    /homes\.geojson: features\[0\]\.geometry\.coordinates\[1\]: /,
    /features\[2\]\.geometry\.type: /,
    /features\[3\]\.properties\.radiusM: /,
    /features\[4\]\.geometry\.coordinates\[0\]: must end where it begins/,
    /no dwelling was taken/,
  ])
    t.regex(error?.message ?? '', path);
  t.throws(() => readDwellings('x', '{'), { message: /x: is not JSON/ });
  t.throws(() => readDwellings('x', '{"type": "Feature"}'), { message: /x: type: / });
});
