import test from 'ava';
import fc from 'fast-check';
import { moved, offsetM } from '../../daemons/core/feed/place.ts';
import { missionOf, planOf } from '../../daemons/dock/mission.ts';
import {
  type FlightLimits,
  type LookShape,
  type NoFlight,
  type ProposedFlight,
  secondLook,
} from '../../daemons/dock/second-look.ts';

const post = { lat: 47.3, lon: 8.5 };
const square = (half: number): FlightLimits['fence'] =>
  [
    [half, half],
    [half, -half],
    [-half, -half],
    [-half, half],
  ].map(([north = 0, east = 0]) => moved(post, north, east));
const limits: FlightLimits = { fence: square(500), minAltM: 10, maxAltM: 60, marginM: 20 };
const shape: LookShape = { altM: 30, speedMs: 4, widthM: 120, stepM: 40, transects: 6 };
const look = (fromDeg: number | null, part: Partial<FlightLimits> = {}, form: Partial<LookShape> = {}) =>
  secondLook(post, { fromDeg }, { limits: { ...limits, ...part }, shape: { ...shape, ...form } });
const flightOf = (found: ProposedFlight | NoFlight): ProposedFlight => {
  if (typeof found === 'string') throw new Error(found);
  return found;
};
/** Metres towards where wind comes from, and across it. */
const inWind = (fromDeg: number, place: ProposedFlight['home']): { up: number; across: number } => {
  const [{ north, east }, rad] = [offsetM(post, place), (fromDeg / 180) * Math.PI];
  return { up: north * Math.cos(rad) + east * Math.sin(rad), across: east * Math.cos(rad) - north * Math.sin(rad) };
};

/** Signs of the way from the post to the source, north and east. */
const quarters = [
  [0, 1, 0],
  [45, 1, 1],
  [90, 0, 1],
  [135, -1, 1],
  [180, -1, 0],
  [225, -1, -1],
  [270, 0, -1],
  [315, 1, -1],
] as const;
for (const [from, north, east] of quarters)
  test(`with wind from ${from} degrees transects lie across it and step towards ${from}`, (t) => {
    const { path } = flightOf(look(from));
    const seen = path.map((place) => inWind(from, place));
    t.deepEqual(
      seen.map(({ up }) => Math.round(up)),
      [40, 40, 80, 80, 120, 120, 160, 160, 200, 200, 240, 240],
    );
    t.deepEqual(
      seen.map(({ across }) => Math.round(across)),
      [-60, 60, 60, -60, -60, 60, 60, -60, -60, 60, 60, -60],
    );
    const [a = post, b = post] = path.slice(-2);
    const middle = offsetM(post, { lat: (a.lat + b.lat) / 2, lon: (a.lon + b.lon) / 2 });
    t.deepEqual([Math.sign(Math.round(middle.north)) || 0, Math.sign(Math.round(middle.east)) || 0], [north, east]);
  });

test('without a direction of wind there is no flight', (t) => {
  t.is(look(null), 'no-wind-direction');
});

test('a fence that holds no two transects gives no flight, and one that holds some gives those', (t) => {
  t.is(look(0, { fence: square(90) }), 'fence-too-small');
  t.is(flightOf(look(0, { fence: square(150) })).path.length, 6);
});

test('a post outside the fence, or too near to it, gives no flight', (t) => {
  t.is(look(0, { fence: square(500).map((corner) => moved(corner, 800, 0)) }), 'post-outside-fence');
  t.is(look(0, { fence: square(15) }), 'post-outside-fence');
  t.is(look(0, { fence: [] }), 'post-outside-fence');
});

test('an altitude beyond the limits, or none, gives no flight', (t) => {
  for (const altM of [9, 61, Number.NaN]) t.is(look(0, {}, { altM }), 'altitude-outside-limits');
});

test('a shape without length gives no flight', (t) => {
  for (const form of [{ stepM: 0 }, { widthM: -1 }, { transects: 1 }, { transects: 1e6 }, { speedMs: Number.NaN }])
    t.is(look(0, {}, form), 'shape-makes-no-flight');
});

test('no flight leads over a bay of the fence', (t) => {
  const notch: readonly (readonly [number, number])[] = [
    [500, 500],
    [500, 5],
    [60, 5],
    [60, -5],
    [500, -5],
    [500, -500],
    [-500, -500],
    [-500, 500],
  ];
  t.is(look(0, { fence: notch.map(([north, east]) => moved(post, north, east)), marginM: 1 }), 'fence-too-small');
});

test('whatever the wind, every place keeps its margin from a square fence', (t) => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 360, noNaN: true }), fc.integer({ min: 60, max: 400 }), (from, half) => {
      const found = look(from, { fence: square(half) });
      return (
        typeof found === 'string' ||
        found.path.every((place) => {
          const { north, east } = offsetM(post, place);
          return Math.max(Math.abs(north), Math.abs(east)) <= half - 20 + 0.1;
        })
      );
    }),
  );
  t.pass();
});

test('a mission takes off, sets its speed, flies the transects and returns; it never arms', (t) => {
  const items = missionOf(flightOf(look(90, {}, { transects: 2 })));
  t.deepEqual(
    items.map(({ command }) => command),
    [22, 178, 16, 16, 16, 16, 20],
  );
  t.deepEqual(
    items.map(({ seq }) => seq),
    [0, 1, 2, 3, 4, 5, 6],
  );
  t.is(items[0]?.x, 473_000_000);
  t.true(items.filter(({ command }) => command === 16).every(({ z }) => z === 30));
});

test('a plan file holds the same items, in the order and units of its format', (t) => {
  const flight = flightOf(look(90, {}, { transects: 2 }));
  const plan = JSON.parse(planOf(flight, 'px4'));
  t.like(plan, { fileType: 'Plan', version: 1, mission: { version: 2, firmwareType: 12, vehicleType: 2 } });
  t.is(plan.mission.items.length, 7);
  t.deepEqual(plan.mission.items[0].params, [0, 0, 0, 0, 47.3, 8.5, 30]);
  t.is(plan.mission.items[2].frame, 3);
});
