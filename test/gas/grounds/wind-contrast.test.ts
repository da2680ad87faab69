import test from 'ava';
import fc from 'fast-check';
import { type Contrast, windContrast } from '../../../daemons/gas/grounds/wind-contrast.ts';
import type { GatheredRow } from '../../../daemons/gas/locating/gather.ts';

const where = { lat: 48.2, lon: 16.4 };
const perDegree = 111_195;
const cos = Math.cos((where.lat * Math.PI) / 180);
const at = (eastM: number, northM: number) => ({
  lat: where.lat + northM / perDegree,
  lon: where.lon + eastM / perDegree / cos,
  aboveM: 2,
});

interface Seen {
  readonly fromDeg?: number;
  readonly speedMs?: number;
  readonly ppm: number | null;
  readonly place?: GatheredRow['place'];
  readonly turns?: boolean;
  readonly wind?: null;
}
const rows = (all: readonly Seen[]): GatheredRow[] =>
  all.map(({ fromDeg = 270, speedMs = 3, ppm, place = null, turns = false, wind }, k) => ({
    k,
    wind: wind === null ? null : { speedMs, fromDeg: ((fromDeg % 360) + 360) % 360, tanH: 0.2, tanV: 0.1 },
    windOf: wind === null ? null : 'wind/wind-from',
    turns,
    place,
    values: ppm === null ? {} : { 'nh3/ammonia': [ppm, 'ppm'] as const },
  }));
const ofPost = (all: readonly Seen[], isStale = false): Contrast =>
  windContrast(rows(all), { quantity: 'ammonia', where, isStale: () => isStale });
const ofDrone = (all: readonly Seen[]): Contrast =>
  windContrast(rows(all), { quantity: 'ammonia', where: null, isStale: () => false });
const many = (count: number, one: (i: number) => Seen): Seen[] => Array.from({ length: count }, (_, i) => one(i));
const contrastOf = (found: Contrast): number => ('none' in found ? Number.NaN : found.contrast);
const noise = (i: number): number => 0.1 * Math.sin(7 * i);

/** Wind from the source's bearing and from the other side in turn, five rows of each. */
const turning = (bearingDeg: number, there: number, away = 0.2): Seen[] =>
  many(20, (i) => {
    const isThere = Math.floor(i / 5) % 2 === 0;
    const fromDeg = bearingDeg + (isThere ? 0 : 180) + 20 * Math.sin(i);
    return { fromDeg, ppm: (isThere ? there : away) + noise(i) };
  });

for (const bearing of [0, 45, 90, 135, 180, 225, 270, 315])
  test(`gas that comes with the wind from ${bearing} degrees is seen downwind and not upwind`, (t) => {
    t.true(contrastOf(ofPost(turning(bearing, 8))) > 10);
    // The same values whatever the wind does: no contrast.
    t.true(Math.abs(contrastOf(ofPost(turning(bearing, 8, 8.001)))) < 3);
  });

for (const fromDeg of [10, 100, 190, 280])
  test(`a box that flies there and back in a wind from ${fromDeg} degrees finds more downwind of a source than upwind of it`, (t) => {
    const rad = (fromDeg * Math.PI) / 180;
    const survey = (ppm: (alongM: number) => number): Seen[] =>
      many(32, (i) => {
        const along = i % 16 < 8 ? -140 + 40 * (i % 8) : 140 - 40 * (i % 8);
        const place = at(-along * Math.sin(rad), -along * Math.cos(rad));
        return { fromDeg, place, ppm: ppm(along) + noise(i) };
      });
    t.true(contrastOf(ofDrone(survey((along) => (along > 0 ? 600 / (along + 40) : 0.2)))) > 3);
    // A cloud that is everywhere is not downwind of anything.
    const everywhere = contrastOf(ofDrone(survey(() => 8)));
    t.false(everywhere >= 3, `${everywhere}`);
  });

test('a box that hovers is looked at as a post', (t) => {
  const hovering = turning(200, 8).map((one, i) => ({ ...one, place: at(i % 2, -(i % 3)) }));
  t.true(Math.abs(contrastOf(ofDrone(hovering)) - contrastOf(ofPost(hovering))) < 1e-9);
});

const none = (found: Contrast): string | null => ('none' in found ? found.none : null);

test('a calm, a wind that nobody tells, an old one, and a box that does not know where it is are said to be that', (t) => {
  const moving = turning(270, 8);
  t.is(none(ofPost(moving)), null);
  t.is(none(ofPost(moving.map((one) => ({ ...one, speedMs: 0.49 })))), 'calm');
  t.is(none(ofPost(moving.map((one) => ({ ...one, speedMs: 0.5 })))), null);
  t.is(none(ofPost(moving.map((one, i) => ({ ...one, speedMs: i % 8 < 5 ? 0.3 : 3 })))), 'calm');
  t.is(none(ofPost(moving.map((one) => ({ ...one, wind: null })))), 'nobody tells the wind');
  t.is(none(ofPost(moving, true)), 'the wind that was told is old');
  t.is(none(ofDrone(moving)), 'no position');
});

test('few rows, one side, and a side that changed only once are no contrast', (t) => {
  t.is(none(ofPost([])), 'too few rows');
  t.is(none(ofPost(turning(270, 8).slice(0, 7))), 'too few rows');
  t.is(none(ofPost(turning(270, 8).map((one) => ({ ...one, ppm: null })))), 'too few rows');
  t.is(none(ofPost(turning(270, 8).map((one) => ({ ...one, turns: true })))), 'too few rows');
  t.is(
    none(ofPost(many(20, (i) => ({ fromDeg: 270 + 30 * Math.sin(i), ppm: 8 + noise(i) })))),
    'seen from one side only',
  );
  t.is(none(ofPost(turning(270, 8).slice(0, 10))), 'the side changed only once');
});

test('one spike downwind is no contrast: its mean is not known well enough', (t) => {
  const spiked = turning(270, 0.2).map((one, i) => ({ ...one, ppm: i === 2 ? 30 : one.ppm }));
  const contrast = contrastOf(ofPost(spiked));
  t.true(contrast < 3, `${contrast}`);
});

test('whatever the rows are, there is a finite number or a reason', (t) => {
  const seen = fc.record({
    fromDeg: fc.double({ min: 0, max: 360, noNaN: true }),
    speedMs: fc.double({ min: 0, max: 20, noNaN: true }),
    ppm: fc.option(fc.double({ min: -5, max: 500, noNaN: true })),
    place: fc.option(
      fc.tuple(fc.double({ min: -300, max: 300, noNaN: true }), fc.double({ min: -300, max: 300, noNaN: true })),
    ),
  });
  fc.assert(
    fc.property(fc.array(seen, { maxLength: 60 }), fc.boolean(), (all, isPost) => {
      const placed = all.map(({ place, ...one }) => ({ ...one, place: place && at(...place) }));
      const found = isPost ? ofPost(placed) : ofDrone(placed);
      return 'none' in found || Number.isFinite(found.contrast);
    }),
  );
  t.pass();
});
