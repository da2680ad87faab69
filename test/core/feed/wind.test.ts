import test from 'ava';
import fc from 'fast-check';
import { air, observed } from '../../../daemons/core/feed/from-mavlink.ts';
import { yawApart } from '../../../daemons/core/feed/track.ts';
import { averaged, kept, motionFrom } from '../../../daemons/core/feed/wind.ts';

const said = (name: string, fields: Record<string, number>): { north: number; east: number } => {
  const seen = observed({ name, system: 1, component: 1, fields });
  return seen?.kind === 'air' ? seen : { north: Number.NaN, east: Number.NaN };
};
const over = (motions: readonly { north: number; east: number }[]) =>
  averaged(
    motions.map((one, i) => ({ ...one, u: 0.5, monoNs: i * 1e9 })),
    'autopilot',
  );

/** FROM, and where the air then goes to: signs of its parts to the north and to the east. */
const quarters = [
  [0, -1, 0],
  [45, -1, -1],
  [90, 0, -1],
  [135, 1, -1],
  [180, 1, 0],
  [225, 1, 1],
  [270, 0, 1],
  [315, -1, 1],
] as const;

for (const [from, north, east] of quarters) {
  test(`WIND from ${from} degrees blows to the other side, and is told as from ${from}`, (t) => {
    const motion = said('WIND', { direction: from, speed: 4 });
    t.deepEqual([Math.sign(Math.round(motion.north)) || 0, Math.sign(Math.round(motion.east)) || 0], [north, east]);
    t.true(yawApart(over([motion])?.fromDeg ?? Number.NaN, from) < 1e-9);
  });

  test(`WIND_COV of air that goes away from ${from} degrees is told as wind from ${from}`, (t) => {
    const scale = 3 / Math.hypot(north, east);
    const motion = said('WIND_COV', {
      wind_x: north * scale,
      wind_y: east * scale,
      var_horiz: 0.25,
      horiz_accuracy: 0,
    });
    const wind = over([motion]);
    t.true(yawApart(wind?.fromDeg ?? Number.NaN, from) < 1e-9);
    t.true(Math.abs((wind?.speedMs ?? 0) - 3) < 1e-9);
  });
}

test('winds on either side of north average to north', (t) => {
  const wind = over([motionFrom(350, 3), motionFrom(10, 3)]);
  t.true(yawApart(wind?.fromDeg ?? Number.NaN, 0) < 1e-9);
});

test('air below half a metre a second has no direction, and opposite winds average to such', (t) => {
  t.is(over([motionFrom(120, 0.49)])?.fromDeg, null);
  t.is(over([motionFrom(90, 4), motionFrom(270, 4)])?.fromDeg, null);
  t.not(over([motionFrom(120, 0.51)])?.fromDeg, null);
});

test('a wind that no estimator means is nonsense', (t) => {
  t.is(air({ north: 200, east: 0 }, 1).kind, 'nonsense');
  t.is(air({ north: Number.NaN, east: 0 }, 1).kind, 'nonsense');
});

test('an average holds the last seconds only, and no sample out of order', (t) => {
  const at = (s: number) => ({ monoNs: s * 1e9, north: 1, east: 1, u: 1 });
  const two = kept(kept([], at(1), 10), at(9), 10);
  t.is(kept(two, at(5), 10), two);
  t.deepEqual(
    kept(two, at(12), 10).map(({ monoNs }) => monoNs / 1e9),
    [9, 12],
  );
});

test('the mean of winds between two directions of a quarter lies between them', (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 360, noNaN: true }),
      fc.double({ min: 0, max: 89, noNaN: true }),
      (from, wide) => {
        const wind = over([motionFrom(from, 5), motionFrom(from + wide, 5)]);
        return yawApart(wind?.fromDeg ?? Number.NaN, from + wide / 2) < 1e-6;
      },
    ),
  );
  t.pass();
});
