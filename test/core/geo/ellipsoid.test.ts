import test from 'ava';
import fc from 'fast-check';
import { earthCentred, geodetic, radiiAt, semiMinorM } from '../../../daemons/core/geo/ellipsoid.ts';
import { metresTo, spotAt } from '../../../daemons/core/geo/local.ts';

test('published points come out as published, both ways', (t) => {
  // The n-vector page of the Norwegian Defence Research Establishment (FFI), examples 4 and 3.
  const there = earthCentred({ lat: 1, lon: 2, heightM: 3 });
  for (const [i, one] of [6373290.27721828, 222560.20067474, 110568.82718179].entries())
    t.true(Math.abs((there[i] ?? 0) - one) < 1e-7, `${i}: ${there[i]}`);
  const back = geodetic([0.9 * 6371e3, -1 * 6371e3, 1.1 * 6371e3]);
  t.is(back.lat.toFixed(2), '39.38');
  t.is(back.lon.toFixed(2), '-48.01');
  t.is(back.heightM.toFixed(2), '4702059.83');
  // TR8350.2: the axes.
  t.deepEqual(earthCentred({ lat: 0, lon: 0, heightM: 0 }), [6378137, 0, 0]);
  t.true(Math.abs(earthCentred({ lat: 90, lon: 0, heightM: 0 })[2] - 6356752.3142) < 1e-4);
});

test('there and back is the same place, poles and antimeridian included', (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: -90, max: 90, noNaN: true }),
      fc.double({ min: -180, max: 179.9999999, noNaN: true }),
      fc.double({ min: -5000, max: 50_000, noNaN: true }),
      (lat, lon, heightM) => {
        const there = earthCentred({ lat, lon, heightM });
        const again = earthCentred(geodetic(there));
        t.true(Math.hypot(...there.map((one, i) => one - (again[i] ?? 0))) < 1e-6);
      },
    ),
  );
});

test('the radii are the ellipse’s own at the equator and at a pole', (t) => {
  t.true(Math.abs(radiiAt(0).meridianM - semiMinorM ** 2 / 6378137) < 1e-6);
  t.true(Math.abs(radiiAt(90).meridianM - 6378137 ** 2 / semiMinorM) < 1e-6);
});

test('a way of some kilometres is as long as the vectors say, and leads back', (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: -80, max: 80, noNaN: true }),
      fc.double({ min: -180, max: 179.99, noNaN: true }),
      fc.double({ min: -3000, max: 3000, noNaN: true }),
      fc.double({ min: -3000, max: 3000, noNaN: true }),
      (lat, lon, north, east) => {
        const from = { lat, lon };
        const to = spotAt(from, [north, east]);
        const [n, e] = metresTo(from, to);
        t.true(Math.hypot(n - north, e - east) < 1e-6);
        const [a, b] = [earthCentred({ ...from, heightM: 0 }), earthCentred({ ...to, heightM: 0 })];
        const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
        t.true(Math.abs(chord - Math.hypot(north, east)) < 0.02, `${chord} ${Math.hypot(north, east)}`);
      },
    ),
  );
});
