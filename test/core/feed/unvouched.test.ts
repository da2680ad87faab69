/** Vehicles that state no uncertainty, and none that they know their height above the sea. */
import test from 'ava';
import { feedValueOf } from '../../../daemons/core/feed/line.ts';
import type { Observation } from '../../../daemons/core/feed/observation.ts';
import { moved } from '../../../daemons/core/feed/place.ts';
import { freshTaking, type Told, take, tracksOf } from '../../../daemons/core/feed/take.ts';
import { poseAt } from '../../../daemons/core/feed/track.ts';

const home = { lat: 47, lon: 9 };
const position = (northM: number, aboveHomeM: number | null): Observation => ({
  ...{ kind: 'position', bootMs: null, altM: null, aboveHomeM, velocity: null, u: null, unvouched: true },
  ...moved(home, northM, 0),
});
const attitude: Observation = { kind: 'attitude', bootMs: null, q: [1, 0, 0, 0], unvouched: true };
const gimbal: Observation = { ...attitude, kind: 'gimbal', yawFrom: 'north', uDeg: 3 };

function all(seen: readonly (readonly [s: number, Observation])[]) {
  let state = freshTaking;
  const told: Told[] = [];
  for (const [s, one] of seen) {
    const [next, more] = take(state, one, s * 1e9);
    state = next;
    told.push(...more);
  }
  return { state, told };
}

test('the mark goes with every value, over the feed and into a pose; a height that nobody says stays unknown', (t) => {
  const { state, told } = all([
    [1, position(0, 40)],
    [1, attitude],
    [1, gimbal],
    [2, position(10, 44)],
  ]);
  for (const one of told) {
    const read = feedValueOf(JSON.stringify({ boot: 'b', ...one }), 'b');
    t.like(read, { kind: one.kind, unvouched: true } as never);
  }
  const pose = poseAt(tracksOf(state), 1.5e9);
  t.like(pose.position, { altM: null, aboveHomeM: 42, unvouched: true });
  t.like(poseAt(tracksOf(state), 2.5e9).position, { altM: null, aboveHomeM: 44 });
  t.true(pose.attitude?.unvouched);
  t.true(pose.gimbal?.unvouched);
});

test('a jump in height is seen by the height above the take-off where none above the sea is known, and by the place alone else', (t) => {
  const types = (first: number | null, second: number | null) =>
    all([
      [1, position(0, first)],
      [2, position(1, second)],
    ]).told.map((one) => (one.kind === 'event' ? one.type : one.kind));
  t.deepEqual(types(40, 540), ['position', 'position-jump']);
  t.deepEqual(types(40, 60), ['position', 'position']);
  t.deepEqual(types(null, 540), ['position', 'position']);
});

test('what states its uncertainty carries no mark', (t) => {
  const { told } = all([[1, { kind: 'attitude', bootMs: null, q: [1, 0, 0, 0] }]]);
  t.false('unvouched' in (told[0] ?? {}));
});
