import test from 'ava';
import fc from 'fast-check';
import type { Outgoing } from '../../daemons/core/mavlink/speaking.ts';
import type { MissionItem } from '../../daemons/dock/mission.ts';
import { noUpload, type Upload, type UploadInput, type UploadOutput, uploadStep } from '../../daemons/dock/upload.ts';
import { ack, ask, ends, held, run, said, whyOf } from '../support/upload-drive.ts';

const items: readonly MissionItem[] = [0, 1, 2, 3].map((seq) => ({
  ...{ seq, frame: 6, command: 16, autocontinue: 1, params: [0, 0, 0, 0] },
  ...{ x: 470_000_000 + seq, y: 85_000_000 - seq, z: 30 + seq },
}));
const begin: UploadInput = { is: 'begin', items };
const sent: readonly UploadInput[] = [begin, ...items.map(({ seq }) => ask(seq))];

test('count, every item as it is asked for, accepted, read back, done', (t) => {
  const { words, state } = run([
    ...sent,
    ack(0),
    said('MISSION_COUNT', { count: 4 }),
    ...items.map((one) => held(one)),
  ]);
  t.deepEqual(words, [
    'MISSION_COUNT',
    ...[0, 1, 2, 3].map((seq) => `MISSION_ITEM_INT ${seq}`),
    'MISSION_REQUEST_LIST',
    ...[0, 1, 2, 3].map((seq) => `MISSION_REQUEST_INT ${seq}`),
    'MISSION_ACK 0',
    'uploaded',
  ]);
  t.is(state.phase, 'idle');
});

test('a drone of the old request is given the same items', (t) => {
  t.deepEqual(run([begin, ask(0, 'MISSION_REQUEST')]).words, ['MISSION_COUNT', 'MISSION_ITEM_INT 0']);
});

test('what is not answered is repeated after 1500 ms, five times, then it is over and the drone is told', (t) => {
  const { words, out } = run([begin, 1499, 1, ...Array.from({ length: 5 }, () => 1500)]);
  t.deepEqual(words, [...Array.from({ length: 6 }, () => 'MISSION_COUNT'), 'MISSION_ACK 15', 'failed']);
  t.is(whyOf(out), 'the drone did not answer MISSION_COUNT, sent 6 times');
});

test('a drone that asks again begins the time-outs anew, and one that asks for ever is given up', (t) => {
  const asks = Array.from({ length: 30 }, () => [1400, ask(0)] as const).flat();
  const { out, words } = run([begin, ...asks]);
  t.is(words.filter((one) => one === 'MISSION_ITEM_INT 0').length, 20);
  t.is(whyOf(out), 'the drone asked 20 times for item 0');
});

for (const [type, name] of [
  [1, 'MAV_MISSION_ERROR'],
  [3, 'MAV_MISSION_UNSUPPORTED'],
  [4, 'MAV_MISSION_NO_SPACE'],
  [14, 'MAV_MISSION_DENIED'],
  [15, 'MAV_MISSION_OPERATION_CANCELLED'],
  [99, 'an unknown result (99)'],
] as const)
  test(`a wrong acknowledgement is said by its name: ${name}`, (t) => {
    const { out, state } = run([begin, ask(0), ack(type)]);
    t.is(whyOf(out), `the drone answered ${name}`);
    t.is(state.phase, 'idle');
  });

test('accepted before every item was asked for is odd and no end; one too many items is an end', (t) => {
  const { out, state } = run([begin, ask(0), ack(0)]);
  t.deepEqual(out.at(-1), { is: 'odd', what: 'MAV_MISSION_ACCEPTED before every item was asked for' });
  t.is(state.phase, 'sending');
  t.is(whyOf(run([begin, ask(4)]).out), 'the drone asks for item 4 of 4');
});

test('out of sequence is odd, as a doubled item is to the drone, but not for ever', (t) => {
  const { state } = run([begin, ask(0), ...Array.from({ length: 20 }, () => ack(13))]);
  t.is(state.phase, 'sending');
  t.is(whyOf(run([ack(13)], state).out), 'the drone answered MAV_MISSION_INVALID_SEQUENCE');
});

test('a mission that is not the one sent is never called uploaded', (t) => {
  const read = (...more: UploadInput[]) => run([...sent, ack(0), ...more]);
  t.regex(whyOf(read(said('MISSION_COUNT', { count: 5 })).out) ?? '', /holds 5 items, 4 were sent/);
  for (const [field, value] of [
    ['x', 470_000_010],
    ['y', 85_000_009],
    ['z', 31],
    ['z', Number.NaN],
    ['command', 22],
    ['frame', 3],
    ['param1', 1],
    ['autocontinue', 0],
  ] as const)
    t.is(
      whyOf(read(said('MISSION_COUNT', { count: 4 }), held(items[0] as MissionItem, { [field]: value })).out),
      `item 0 on the drone has another ${field}: do not fly what it holds`,
    );
});

test('a cancelled upload tells the drone, and what comes after it says nothing', (t) => {
  const { words, out, state } = run([
    begin,
    ask(0),
    { is: 'cancel', why: 'the drone was armed' },
    ask(1),
    ack(0),
    9000,
  ]);
  t.deepEqual(words, ['MISSION_COUNT', 'MISSION_ITEM_INT 0', 'MISSION_ACK 15', 'failed']);
  t.is(whyOf(out), 'the drone was armed');
  t.deepEqual(state, noUpload);
});

test('what is said to another station, by another system or component, or of a fence is not heard', (t) => {
  const seq = { target_system: 254, mission_type: 0, seq: 0 };
  const others = [
    said('MISSION_REQUEST_INT', { ...seq, target_system: 255 }),
    said('MISSION_REQUEST_INT', { ...seq, mission_type: 1 }),
    said('MISSION_REQUEST_INT', seq, { system: 2 }),
    said('MISSION_REQUEST_INT', seq, { component: 100 }),
  ];
  t.deepEqual(run([begin, ...others]).words, ['MISSION_COUNT']);
});

test('a second upload waits for the first', (t) => {
  t.deepEqual(run([begin, begin]).words, ['MISSION_COUNT', 'odd']);
});

/** A drone by the standard's page: it asks in order, asks again after a while, drops what is out of sequence. */
interface Drone {
  readonly stored: readonly MissionItem[];
  readonly coming: readonly MissionItem[];
  readonly count: number | null;
  readonly askMs: number;
}
const reply = (drone: Drone, { name, fields }: Outgoing, nowMs: number): readonly [Drone, readonly UploadInput[]] => {
  const next = ({ coming }: Drone) => ask(coming.length);
  switch (name) {
    case 'MISSION_COUNT': {
      const fresh = { ...drone, coming: [], count: Number(fields.count), askMs: nowMs + 250 };
      return [fresh, [next(fresh)]];
    }
    case 'MISSION_ITEM_INT': {
      if (drone.count === null) return [drone, [ack(0)]];
      if (fields.seq !== drone.coming.length) return [drone, [ack(13)]];
      const { param1 = 0, param2 = 0, param3 = 0, param4 = 0 } = fields as Record<string, number>;
      const item = { ...fields, params: [param1, param2, param3, param4] } as unknown as MissionItem;
      const after = { ...drone, coming: [...drone.coming, item], askMs: nowMs + 250 };
      if (after.coming.length < drone.count) return [after, [next(after)]];
      return [{ ...after, stored: after.coming, coming: [], count: null }, [ack(0)]];
    }
    case 'MISSION_REQUEST_LIST':
      return [drone, [said('MISSION_COUNT', { count: drone.stored.length })]];
    case 'MISSION_REQUEST_INT': {
      const one = drone.stored[Number(fields.seq)];
      return [drone, one ? [held(one)] : [ack(13)]];
    }
    default:
      return [drone, []];
  }
};

/** What becomes of a message on the way: lost, doubled, and late by how much. */
const fate = fc.record({
  lost: fc.integer({ min: 0, max: 9 }).map((n) => n < 3),
  double: fc.integer({ min: 0, max: 9 }).map((n) => n < 2),
  lateMs: fc.integer({ min: 0, max: 900 }),
});

type OnAir = { readonly atMs: number } & ({ readonly toDrone: Outgoing } | { readonly toDock: UploadInput });
type Fate = { readonly lost: boolean; readonly double: boolean; readonly lateMs: number };

/** Dock and drone over such a link, until the upload ends. */
function flown(fates: Iterator<Fate>): { readonly end: UploadOutput; readonly state: Upload; readonly drone: Drone } {
  let state = noUpload;
  let drone: Drone = { stored: [], coming: [], count: null, askMs: 0 };
  let air: readonly OnAir[] = [];
  let end: UploadOutput | undefined;
  const send = (nowMs: number, what: { toDrone: Outgoing } | { toDock: UploadInput }): void => {
    const { lost, double, lateMs } = fates.next().value as Fate;
    const copies = [...(lost ? [] : [0]), ...(double ? [300] : [])];
    air = [...air, ...copies.map((laterMs) => ({ atMs: nowMs + lateMs + laterMs, ...what }))];
  };
  const dock = (nowMs: number, input: UploadInput): void => {
    const [next, out] = uploadStep(state, input, nowMs, ends);
    state = next;
    for (const one of out) {
      if (one.is === 'send') send(nowMs, { toDrone: one.message });
      if (one.is === 'uploaded' || one.is === 'failed') end = one;
    }
  };
  const fly = (nowMs: number, message: Outgoing): void => {
    const [after, replies] = reply(drone, message, nowMs);
    drone = after;
    for (const each of replies) send(nowMs, { toDock: each });
  };
  dock(0, begin);
  for (let nowMs = 0; !end; nowMs += 50) {
    if (nowMs > 3_600_000) throw new Error('it never ends');
    const due = air.filter(({ atMs }) => atMs <= nowMs);
    air = air.filter(({ atMs }) => atMs > nowMs);
    for (const one of due) 'toDrone' in one ? fly(nowMs, one.toDrone) : dock(nowMs, one.toDock);
    if (drone.count !== null && nowMs >= drone.askMs) {
      drone = { ...drone, askMs: nowMs + 250 };
      send(nowMs, { toDock: ask(drone.coming.length) });
    }
    dock(nowMs, { is: 'tick' });
  }
  return { end, state, drone };
}

test('whatever is lost, doubled or late: uploaded only where the drone holds it, item by item; and it always ends', (t) => {
  const ended = { uploaded: 0, failed: 0 };
  fc.assert(
    fc.property(fc.infiniteStream(fate), (fates) => {
      const { end, state, drone } = flown(fates[Symbol.iterator]());
      ended[end.is as 'uploaded' | 'failed'] += 1;
      t.is(state.phase, 'idle');
      if (end.is !== 'uploaded') return;
      const facts = (all: readonly MissionItem[]) => all.map(({ seq, x, y, z, command }) => [seq, x, y, z, command]);
      t.deepEqual(facts(drone.stored), facts(items));
    }),
    { numRuns: 300 },
  );
  // A link that loses three in ten is still one that carries a mission, nearly always.
  t.log(ended);
  t.true(ended.uploaded > 9 * ended.failed);
});

test('any messages at all lead to no call of uploaded that was not read back, and to no error', (t) => {
  const any = fc.oneof(
    fc.nat(5).map((seq) => ask(seq)),
    fc.nat(17).map((type) => ack(type)),
    fc.nat(6).map((count) => said('MISSION_COUNT', { count })),
    fc.nat(5).map((seq) => held({ ...(items[Math.min(seq, 3)] as MissionItem), seq })),
    fc.constant<UploadInput>({ is: 'cancel', why: 'w' }),
    fc.nat(2000),
    fc.constant(begin),
  );
  fc.assert(
    fc.property(fc.array(any, { maxLength: 60 }), (inputs) => {
      const { out, words } = run([begin, ...inputs]);
      const sentTwo = [
        'MISSION_COUNT',
        'MISSION_ITEM_INT',
        'MISSION_REQUEST_LIST',
        'MISSION_REQUEST_INT',
        'MISSION_ACK',
      ];
      t.true(out.every((one) => one.is !== 'send' || sentTwo.includes(one.message.name)));
      const at = words.indexOf('uploaded');
      if (at < 0) return;
      const before = words.slice(words.slice(0, at).lastIndexOf('MISSION_COUNT'), at);
      for (const { seq } of items) {
        t.true(before.includes(`MISSION_ITEM_INT ${seq}`));
        t.true(before.includes(`MISSION_REQUEST_INT ${seq}`));
      }
    }),
    { numRuns: 500 },
  );
});
