import test from 'ava';
import fc from 'fast-check';
import { unrollLine, unrollRing } from '../../../daemons/console/web/map/antimeridian.ts';
import { baseSupports, outlineMaxZoom, type RegionMap } from '../../../daemons/console/web/map/base.ts';
import { gatherPlaces, orderOf } from '../../../daemons/console/web/map/places.ts';
import { degreeLabel, gridAround, gridFor, groundCircle, scaleFor } from '../../../daemons/console/web/map/shape.ts';
import type { AlertRecord } from '../../../daemons/core/ports/records.ts';
import { sampleAlert } from '../../support/alerts.ts';

const earthM = 6_371_008.8;
const rad = (degrees: number): number => (degrees * Math.PI) / 180;
function groundDistance([lon1, lat1]: readonly [number, number], [lon2, lat2]: readonly [number, number]): number {
  const half = (a: number): number => Math.sin(a / 2) ** 2;
  const h = half(rad(lat2 - lat1)) + Math.cos(rad(lat1)) * Math.cos(rad(lat2)) * half(rad(lon2 - lon1));
  return 2 * earthM * Math.asin(Math.min(1, Math.sqrt(h)));
}

test('every point of a circle is its radius away on the ground', (t) => {
  const lat = fc.double({ min: -80, max: 80, noNaN: true });
  const lon = fc.double({ min: -180, max: 180, noNaN: true });
  const radius = fc.double({ min: 1, max: 100_000, noNaN: true });
  fc.assert(
    fc.property(lat, lon, radius, (y, x, r) => {
      for (const point of groundCircle(y, x, r)) {
        const off = Math.abs(groundDistance([x, y], point) - r);
        t.true(off < Math.max(0.01, r * 1e-6), `${off} m off`);
      }
    }),
    { numRuns: 60 },
  );
});

test('a circle is closed', (t) => {
  const ring = groundCircle(51, 71, 150);
  t.deepEqual(ring[0], ring.at(-1));
});

test('the scale bar is 1, 2 or 5 times a power of ten and fits its width', (t) => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 100_000, noNaN: true }), (metresPerPx) => {
      const { metres, px } = scaleFor(metresPerPx, 140);
      t.regex(metres.toExponential(6), /^[125]\.0+e/);
      t.true(px <= 140.0001 && px >= 55);
    }),
  );
});

test('a graticule has lines at every scale, never thousands of them, and all of them inside', (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.double({ min: -80, max: 80, noNaN: true }),
      fc.double({ min: 0.01, max: 400, noNaN: true }),
      (lon, lat, span) => {
        const bounds = [lon - span / 2, lat - span / 4, lon + span / 2, lat + span / 4] as const;
        const { meridians, parallels } = gridFor(bounds);
        t.true(meridians.length >= 4 && meridians.length <= 120, `${meridians.length} meridians`);
        t.true(
          parallels.every((one) => one >= Math.max(-85, bounds[1]) - 1e-6 && one <= Math.min(85, bounds[3]) + 1e-6),
        );
      },
    ),
  );
});

test('a graticule that is drawn serves until the view leaves it or asks for other lines', (t) => {
  const drawn = gridAround(null, [60, 40, 80, 50]);
  t.deepEqual(drawn, { step: 2, bounds: [40, 30, 100, 60] });
  t.is(gridAround(drawn, [79, 49, 99, 59]), null);
  t.deepEqual(gridAround(drawn, [81, 40, 101, 50])?.bounds, [61, 30, 121, 60]);
  t.is(gridAround(drawn, [69, 44, 74, 47])?.step, 1);
});

test('marks are a few drawings, however many alerts of however many ages there are', (t) => {
  const records = Array.from({ length: 300 }, (_, n): AlertRecord => {
    const severity = (['critical', 'warning', 'info'] as const)[n % 3] ?? 'info';
    const where = { lat: 40 + n / 100, lon: 70, ceM: 100, source: 'surveyed' } as const;
    const alert = sampleAlert(`a-${n}`, { severity, where, condition: n % 2 === 0 ? 'raised' : 'cleared' });
    return { alert, site: 'north', device: 'post-7', acknowledged: null, raisedMs: n * 60_000, receivedMs: n } as never;
  });
  const places = gatherPlaces(records, null, Date.now());
  t.is(places.length, 300);
  const orders = places.map(({ records: [first] }) => orderOf(first));
  t.true(new Set(orders).size <= 12);
  const top = places.filter(({ records: [first] }) => orderOf(first) === Math.max(...orders));
  t.true(top.every(({ records: [{ alert }] }) => alert.severity === 'critical' && alert.condition === 'raised'));
});

test('degrees are named with their hemisphere', (t) => {
  t.is(degreeLabel(-71.5, 'E', 'W', 1), '71.5° W');
  t.is(degreeLabel(0, 'N', 'S', 0), '0°');
});

const region: RegionMap = {
  name: 'Steppe',
  url: '/maps/0.pmtiles',
  kind: 'raster',
  minZoom: 0,
  maxZoom: 12,
  bounds: [60, 40, 80, 55],
  attribution: '',
  layers: [],
};

test('the outline serves until its last zoom, and says so beyond', (t) => {
  t.true(baseSupports(outlineMaxZoom, 71, 51, []));
  t.false(baseSupports(outlineMaxZoom + 0.1, 71, 51, []));
});

test('a region map serves inside its bounds and until it is drawn eight times too large', (t) => {
  t.true(baseSupports(15, 71, 51, [region]));
  t.false(baseSupports(15.1, 71, 51, [region]));
  t.false(baseSupports(10, 30, 51, [region]));
});

test('no line jumps across the world once it is unrolled, and every point keeps its place', (t) => {
  const point = fc.tuple(
    fc.double({ min: -180, max: 180, noNaN: true }),
    fc.double({ min: -85, max: 85, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 30 }), (line) => {
      const unrolled = unrollLine(line);
      unrolled.forEach(([lon = 0, lat], i) => {
        const [before = lon] = unrolled[i - 1] ?? [];
        t.true(Math.abs(lon - before) <= 180.000001);
        t.is(lat, line[i]?.[1]);
        const turns = (lon - (line[i]?.[0] ?? 0)) / 360;
        t.true(Math.abs(turns - Math.round(turns)) < 1e-9);
      });
    }),
  );
});

test('a ring around a pole is closed over it, so that it has an inside', (t) => {
  const ring = [-180, -90, 0, 90, 180].map((lon) => [lon, -70]);
  const closed = unrollRing(ring);
  t.deepEqual(closed.slice(-3), [
    [180, -90],
    [-180, -90],
    [-180, -70],
  ]);
});
