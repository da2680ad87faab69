import test from 'ava';
import { observed } from '../../../daemons/core/feed/from-mavlink.ts';
import type { Observation } from '../../../daemons/core/feed/observation.ts';
import { freshTaking, type Taking, type Told, take, tracksOf } from '../../../daemons/core/feed/take.ts';
import { poseAt } from '../../../daemons/core/feed/track.ts';
import { anglesOf, turnOf } from '../../../daemons/core/feed/turn.ts';

const rad = Math.PI / 180;
const place = (s: number, lat: number, lon: number): [number, Observation] => [
  s,
  { kind: 'position', bootMs: s * 1000, lat, lon, altM: 100, aboveHomeM: 50, velocity: null, u: null },
];
const looks = (s: number, roll: number, pitch: number, yaw: number): [number, Observation] => [
  s,
  { kind: 'attitude', bootMs: s * 1000, q: turnOf(roll * rad, pitch * rad, yaw * rad) },
];

function run(script: readonly (readonly [number, Observation])[]): { state: Taking; told: readonly Told[] } {
  let state = freshTaking;
  const told: Told[] = [];
  for (const [s, seen] of script) {
    const [next, more] = take(state, seen, 1000e9 + s * 1e9);
    state = next;
    told.push(...more);
  }
  return { state, told };
}
const events = (told: readonly Told[]): readonly string[] =>
  told.flatMap((one) => (one.kind === 'event' ? [one.type] : []));
const at = (state: Taking, s: number) => poseAt(tracksOf(state), 1000e9 + s * 1e9);
const yawAt = (state: Taking, s: number): number => anglesOf(at(state, s).attitude?.q ?? [1, 0, 0, 0]).yawDeg;

test('a position between two is on the line between them, less sure, and knows how old it is', (t) => {
  const { state } = run([place(0, 50, 10), place(1, 50.0001, 10.0002)]);
  const found = at(state, 0.5).position;
  t.true(Math.abs((found?.lat ?? 0) - 50.00005) < 1e-9);
  t.true(Math.abs((found?.lon ?? 0) - 10.0001) < 1e-9);
  t.true((found?.uHorizontalM ?? 0) > 10);
  t.is(Math.round(found?.ageMs ?? 0), 500);
});

test('between two places on either side of the antimeridian nothing flies round the Earth', (t) => {
  const { state, told } = run([place(0, 10, 179.9999), place(1, 10, -179.9999)]);
  t.deepEqual(events(told), []);
  t.true(Math.abs(Math.abs(at(state, 0.5).position?.lon ?? 0) - 180) < 1e-6);
});

test('beyond the last fix a position grows less sure, and is refused beyond the limit', (t) => {
  const { state } = run([place(0, 50, 10), place(1, 50, 10)]);
  const u = [1, 1.5, 2, 2.5].map((s) => at(state, s).position?.uHorizontalM ?? 0);
  t.deepEqual(
    u,
    u.toSorted((a, b) => a - b),
  );
  t.true((u[3] ?? 0) > 20);
  t.is(at(state, 2.6).position, null);
  t.is(at(state, -0.1).position, null);
});

test('nothing is said within a hole of more than two seconds', (t) => {
  const { state } = run([place(0, 50, 10), place(9, 50, 10)]);
  t.is(at(state, 4).position, null);
  t.not(at(state, 9).position, null);
});

test('yaw goes the short way over north and over south', (t) => {
  const north = run([looks(0, 0, 0, 350), looks(1, 0, 0, 10)]).state;
  t.true(Math.min(yawAt(north, 0.5), 360 - yawAt(north, 0.5)) < 1e-6);
  const south = run([looks(0, 0, 0, 170), looks(1, 0, 0, -170)]).state;
  t.true(Math.abs(yawAt(south, 0.5) - 180) < 1e-6);
});

test('at the pole of the frame yaw and roll flip together, and that is no jump', (t) => {
  const { told } = run([looks(0, 0, 89, 0), looks(0.1, 180, 89, 180), looks(0.2, 0, 89, 0)]);
  t.deepEqual(events(told), []);
});

test('a jump is told once and withheld; the place before it stands', (t) => {
  const { state, told } = run([place(0, 50, 10), place(0.2, 50.1, 10), place(0.4, 50.1, 10), place(0.6, 50, 10)]);
  t.deepEqual(events(told), ['position-jump']);
  t.is(told.filter(({ kind }) => kind === 'position').length, 2);
  t.is(at(state, 0.6).position?.lat, 50);
});

test('a jump that lasts is taken on in a new segment, and nothing is interpolated across it', (t) => {
  const after = [0.2, 0.4, 0.6, 0.8, 1].map((s) => place(s, 50.1, 10));
  const { state, told } = run([place(0, 50, 10), ...after]);
  t.deepEqual(events(told), ['position-jump', 'position-resumed']);
  t.is(at(state, 1).position?.lat, 50.1);
  t.is(at(state, 0.5).position, null);
});

test('a yaw that flips by itself is withheld', (t) => {
  const { told } = run([looks(0, 0, 0, 20), looks(0.02, 0, 0, 200), looks(0.04, 0, 0, 20)]);
  t.deepEqual(events(told), ['attitude-jump']);
  t.is(told.filter(({ kind }) => kind === 'attitude').length, 2);
});

test('a fix of the past is told and changes nothing', (t) => {
  const late: [number, Observation] = [1.2, place(0.5, 50.0001, 10)[1]];
  const { state, told } = run([place(0, 50, 10), place(1, 50, 10), late, place(1.4, 50, 10)]);
  t.deepEqual(events(told), ['time-back']);
  t.is(at(state, 1.4).position?.lat, 50);
  t.is(told.filter(({ kind }) => kind === 'position').length, 3);
});

test('a clock that goes back for good is a restart: what was known is dropped', (t) => {
  const again = [0, 0.2, 0.4, 0.6, 0.8, 1].map((s): [number, Observation] => [3601 + s, place(s, 51, 11)[1]]);
  const { state, told } = run([place(3600, 50, 10), ...again]);
  t.deepEqual(events(told), ['time-jump', 'vehicle-restarted']);
  t.is(at(state, 3602).position?.lat, 51);
});

test('one frame with a foreign clock does not restart a vehicle', (t) => {
  const { told } = run([place(100, 50, 10), [100.1, place(5, 50, 10)[1]], place(100.2, 50, 10)]);
  t.deepEqual(events(told), ['time-jump']);
  t.is(told.filter(({ kind }) => kind === 'position').length, 2);
});

test('without a fix in three dimensions positions are withheld', (t) => {
  const gnss = (has3d: boolean): Observation => ({ kind: 'gnss', has3d, u: { horizontalM: 1, verticalM: 2 } });
  const { told } = run([
    [0, gnss(true)],
    place(0.1, 50, 10),
    [0.2, gnss(false)],
    place(0.3, 50, 10),
    [0.4, gnss(true)],
  ]);
  t.deepEqual(
    told.map((one) => (one.kind === 'event' ? one.type : one.kind)),
    ['position', 'gnss-lost', 'gnss-back'],
  );
  t.is(told.flatMap((one) => (one.kind === 'position' ? [one.uHorizontalM] : []))[0], 1);
});

test('a gimbal says what its yaw is measured from', (t) => {
  const yawFrom = (flags: number): unknown => {
    const fields = { time_boot_ms: 1, flags, q: [1, 0, 0, 0], failure_flags: 0 };
    const seen = observed({ name: 'GIMBAL_DEVICE_ATTITUDE_STATUS', system: 1, component: 1, fields });
    return seen?.kind === 'gimbal' ? seen.yawFrom : seen?.kind;
  };
  t.deepEqual([64, 32, 16, 0, 48].map(yawFrom), ['north', 'vehicle', 'north', 'vehicle', 'vehicle']);
});

test('a position of zeros is nonsense and told once', (t) => {
  const zero = observed({ name: 'GLOBAL_POSITION_INT', system: 1, component: 1, fields: { lat: 0, lon: 0 } });
  t.is(zero?.kind, 'nonsense');
  const { told } = run(zero ? [[0, zero], [0.1, zero], place(0.2, 50, 10)] : []);
  t.deepEqual(
    told.map((one) => (one.kind === 'event' ? one.type : one.kind)),
    ['position-nonsense', 'position'],
  );
});

test('a heading that disagrees with yaw is told', (t) => {
  const { told } = run([looks(0, 0, 0, 20), [0.1, { kind: 'heading', deg: 25 }], [0.2, { kind: 'heading', deg: 160 }]]);
  t.deepEqual(events(told), ['heading-disagrees']);
});
