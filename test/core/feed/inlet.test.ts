import test from 'ava';
import { freshTaking, type Taking, take, tracksOf } from '../../../daemons/core/feed/take.ts';
import { poseAt } from '../../../daemons/core/feed/track.ts';
import { inletNs } from '../../../daemons/core/values/measurement.ts';
import { stampAt } from '../../support/readings.ts';

/** A drone that flies north, a ten-thousandth of a degree a second, seen once a second from 1 to 9 s. */
const flight = Array.from({ length: 9 }, (_, i) => i + 1).reduce<Taking>((state, s) => {
  const { monoNs } = stampAt(s);
  const lat = 50 + s / 10_000;
  const seen = { kind: 'position', lat, lon: 10, altM: 100, aboveHomeM: 50, velocity: null, u: null } as const;
  return take(state, { ...seen, bootMs: s * 1000 }, monoNs)[0];
}, freshTaking);
const latAt = (s: number, delayMs?: number): number | undefined => {
  const measurement = { at: stampAt(s), ...(delayMs === undefined ? {} : { delayMs }) };
  return poseAt(tracksOf(flight), inletNs(measurement)).position?.lat;
};

test('a value is joined with where the inlet was when its air came in, not where the drone is when it is read', (t) => {
  t.true(Math.abs((latAt(8) ?? 0) - 50.0008) < 1e-9);
  t.true(Math.abs((latAt(8, 4500) ?? 0) - 50.00035) < 1e-9);
});

test('air that came in before anything was known of the place is joined with nothing', (t) => {
  t.is(latAt(8, 7500), undefined);
});
