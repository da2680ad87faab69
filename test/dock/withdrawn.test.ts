/** A mission that is taken back from a drone, and one for an autopilot that keeps its home among the items. */
import test from 'ava';
import type { Message } from '../../daemons/core/mavlink/decode.ts';
import { type MissionItem, uploadOf } from '../../daemons/dock/mission.ts';
import { noUpload, type Upload, type UploadInput, type UploadOutput, uploadStep } from '../../daemons/dock/upload.ts';

const ends = { drone: 1, self: 254 };
const said = (name: string, fields: Message['fields'] = {}, part: Partial<Message> = {}): UploadInput => ({
  is: 'message',
  message: { name, system: 1, component: 1, fields: { target_system: 254, mission_type: 0, ...fields }, ...part },
});
const ask = (seq: number): UploadInput => said('MISSION_REQUEST_INT', { seq });
const ack = (type: number): UploadInput => said('MISSION_ACK', { type });
const held = (one: MissionItem, part: Message['fields'] = {}): UploadInput => {
  const [param1, param2, param3, param4] = one.params;
  const { params: _, home: __, ...rest } = one;
  return said('MISSION_ITEM_INT', { ...rest, param1, param2, param3, param4, target_system: 254, ...part });
};

function run(inputs: readonly (UploadInput | number)[], from: Upload = noUpload) {
  let state = from;
  let nowMs = 0;
  const out: UploadOutput[] = [];
  for (const one of inputs) {
    if (typeof one === 'number') nowMs += one;
    const [next, more] = uploadStep(state, typeof one === 'number' ? { is: 'tick' } : one, nowMs, ends);
    state = next;
    out.push(...more);
  }
  const words = out.map((one) =>
    one.is === 'send'
      ? `${one.message.name} ${one.message.fields.seq ?? one.message.fields.type ?? ''}`.trim()
      : one.is,
  );
  return { state, out, words };
}
const whyOf = (out: readonly UploadOutput[]): string | undefined =>
  out.flatMap((one) => (one.is === 'failed' ? [one.why] : []))[0];

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
