/** A mission that is taken back from a drone, and one for an autopilot that keeps its home among the items. */
import test from 'ava';
import type { Message } from '../../daemons/core/mavlink/decode.ts';
import { uploadOf } from '../../daemons/dock/mission.ts';
import type { UploadInput } from '../../daemons/dock/upload.ts';
import { ack, ask, held, run, said, whyOf } from '../support/upload-drive.ts';

const clear = (left: number): UploadInput => ({ is: 'clear', left });

test('a mission is cleared when the drone says so and counts none any more; silence and other words are a failure', (t) => {
  const { words, state } = run([clear(0), 1500, ack(0), said('MISSION_COUNT', { count: 0 })]);
  t.deepEqual(words, ['MISSION_CLEAR_ALL', 'MISSION_CLEAR_ALL', 'MISSION_REQUEST_LIST', 'MISSION_ACK 0', 'cleared']);
  t.is(state.phase, 'idle');
  t.is(whyOf(run([clear(0), ack(14)]).out), 'the drone answered MAV_MISSION_DENIED');
  t.is(whyOf(run([clear(0), ack(0), said('MISSION_COUNT', { count: 1 })]).out), 'the drone still counts 1 items');
  t.is(
    run([clear(1), ack(0), said('MISSION_COUNT', { count: 1 })]).words.at(-1),
    'cleared',
    'the home of an ArduPilot',
  );
  const silent = run([clear(0), ...Array.from({ length: 6 }, () => 1500)]);
  t.is(whyOf(silent.out), 'the drone did not answer MISSION_CLEAR_ALL, sent 6 times');
  // A count that was on its way before the drone cleared says nothing.
  t.is(run([clear(0), said('MISSION_COUNT', { count: 0 })]).state.phase, 'clearing');
});

const flight = {
  ...{ home: { lat: 47, lon: 8.5 }, altM: 35, speedMs: 5, fromDeg: 90 },
  path: [
    { lat: 47.001, lon: 8.5 },
    { lat: 47.001, lon: 8.501 },
  ],
};

test('an ArduPilot is given an item for its home first, and may put its own there; PX4 is given the mission alone', (t) => {
  const [home, takeoff, ...rest] = uploadOf(flight, 'ardupilot');
  t.like(home, { seq: 0, command: 16, home: true, x: 470_000_000, y: 85_000_000 });
  t.like(takeoff, { seq: 1, command: 22 });
  t.deepEqual(
    [takeoff, ...rest].map((one) => ({ ...one, seq: (one?.seq ?? 0) - 1 })),
    [...uploadOf(flight, 'px4')],
  );
  const all = uploadOf(flight, 'ardupilot');
  const own = { x: 471_234_567, y: 81_234_567, z: 431, frame: 0 };
  const through = (more: Message['fields']) => [
    ...[{ is: 'begin', items: all } as const, ...all.map(({ seq }) => ask(seq)), ack(0)],
    ...[said('MISSION_COUNT', { count: all.length }), ...all.map((one) => held(one, one.home ? own : more))],
  ];
  t.is(run(through({})).words.at(-1), 'uploaded');
  t.regex(whyOf(run(through({ command: 17 })).out) ?? '', /item 1 on the drone has another command/);
});
