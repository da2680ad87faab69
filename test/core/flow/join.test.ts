import test from 'ava';
import fc from 'fast-check';
import {
  betweenAngles,
  betweenNumbers,
  inletNs,
  joinAt,
  onTrack,
  type Track,
} from '../../../daemons/core/flow/join.ts';
import { stampAt } from '../../support/readings.ts';

interface Pose {
  readonly east: number;
  readonly heading: number;
}
const between = (a: Pose, b: Pose, share: number): Pose => ({
  east: betweenNumbers(a.east, b.east, share),
  heading: betweenAngles(a.heading, b.heading, share),
});
/** A drone that flies east at 10 m/s and turns through north. */
const flight = Array.from({ length: 30 }, (_, s) => ({
  at: stampAt(s),
  value: { east: 10 * s, heading: (350 + 2 * s) % 360 },
})).reduce<Track<Pose>>((track, one) => onTrack(track, one, 60_000), []);
const joining = { between, mostGapMs: 2000 };
const measured = (s: number, delayMs?: number) => ({ at: stampAt(s), ...(delayMs === undefined ? {} : { delayMs }) });

test('a value is joined with where the inlet was when its air came in, not where the drone is when it is read', (t) => {
  t.is(joinAt(flight, measured(12), joining)?.east, 120);
  t.is(joinAt(flight, measured(12, 4500), joining)?.east, 75);
  t.is(inletNs(measured(12, 4500)), 7.5e9);
});

test('headings go the short way round', (t) => {
  t.is(joinAt(flight, measured(4.5), joining)?.heading, 359);
  t.is(betweenAngles(350, 10, 0.5), 0);
  t.is(betweenAngles(10, 350, 0.25), 5);
  t.is(betweenAngles(90, 270, 0), 90);
});

test('where the track has a hole, has not begun, or is of another boot, there is no value', (t) => {
  const holed = flight.filter(({ at }) => at.monoNs < 5e9 || at.monoNs > 9e9);
  t.is(joinAt(holed, measured(7), joining), null);
  t.is(joinAt(flight, measured(1, 4000), joining), null);
  t.is(joinAt(flight, { at: { ...stampAt(7), boot: 'another' } }, joining), null);
  t.is(joinAt([], measured(7), joining), null);
});

test('behind the last moment the last value holds for as long as a hole may be', (t) => {
  t.is(joinAt(flight, measured(31), joining)?.east, 290);
  t.is(joinAt(flight, measured(31.5), joining), null);
});

test('a track forgets what is old, keeps its order, and begins anew with a boot', (t) => {
  t.deepEqual(
    onTrack(flight, { at: stampAt(30), value: { east: 0, heading: 0 } }, 3000).map(({ at }) => at.monoNs / 1e9),
    [27, 28, 29, 30],
  );
  const late = onTrack(flight, { at: stampAt(20.5), value: { east: 1, heading: 1 } }, 60_000);
  t.deepEqual(
    late.map(({ at }) => at.monoNs),
    late.map(({ at }) => at.monoNs).toSorted((a, b) => a - b),
  );
  t.is(onTrack(flight, { at: { ...stampAt(1), boot: 'another' }, value: { east: 0, heading: 0 } }, 60_000).length, 1);
});

test('an angle between two lies on the shorter arc, and its ends are the two', (t) => {
  const angle = fc.double({ min: 0, max: 359.999, noNaN: true });
  fc.assert(
    fc.property(angle, angle, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
      const far = (x: number, y: number): number => Math.abs(((((x - y) % 360) + 540) % 360) - 180);
      const one = betweenAngles(a, b, share);
      t.true(one >= 0 && one <= 360);
      t.true(far(one, a) <= far(a, b) + 1e-9 && far(one, b) <= far(a, b) + 1e-9);
      t.true(far(betweenAngles(a, b, 1), b) < 1e-9);
    }),
  );
});
