/** Whatever comes over the broker: the step ends, memory is bounded, nothing is made up, and nothing but a reply ever goes out. */
import test from 'ava';
import fc from 'fast-check';
import { longestPayload } from '../../daemons/dji/message.ts';
import { dockProperties } from '../../daemons/dji/properties.ts';
import { propertiesIn } from '../../daemons/dji/read.ts';
import type { Output } from '../../daemons/dji/state.ts';
import {
  byHand,
  dayMs,
  dock,
  dockData,
  droneData,
  envelope,
  hmsData,
  mediaData,
  only,
  setupOf,
  topics,
  topoData,
  typesOf,
} from './documented.ts';

const everyTopic = Object.values(topics);
const mayWrite = new Set([
  `thing/product/${dock}/events_reply`,
  `thing/product/${dock}/requests_reply`,
  `sys/product/${dock}/status_reply`,
]);
const known = fc.constantFrom(dockData, droneData, hmsData('0x1', '0x2'), mediaData, topoData('A', 'B'));
const method = fc.constantFrom(
  'hms',
  'file_upload_callback',
  'update_topo',
  'config',
  'airport_bind_status',
  '__proto__',
  null,
  5,
);

/** A documented message with any part of it replaced by anything. */
const bent = fc
  .record({
    data: fc.oneof(
      known.chain((one) =>
        fc
          .dictionary(fc.oneof(fc.constantFrom(...Object.keys(one)), fc.string()), fc.anything({ maxDepth: 3 }), {
            maxKeys: 8,
          })
          .map((change): unknown => ({ ...one, ...change })),
      ),
      fc.anything(),
    ),
    more: fc.record(
      {
        tid: fc.anything(),
        method,
        need_reply: fc.anything(),
        timestamp: fc.oneof(fc.integer({ min: dayMs - 1e9, max: dayMs + 1e9 }), fc.anything()),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ data, more }) => {
    try {
      return JSON.stringify(envelope(data, more)) ?? 'null';
    } catch {
      return '{';
    }
  });

const payload = fc.oneof(
  { weight: 4, arbitrary: bent },
  // Cut off anywhere.
  {
    weight: 2,
    arbitrary: fc
      .tuple(bent, fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([text, part]) => text.slice(0, text.length * part)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  { weight: 1, arbitrary: fc.json() },
);

const says = (output: Output): void => {
  // What cannot be written as JSON could not be kept.
  const text = JSON.stringify(output);
  if (output.is === 'event' && output.event.message.length > 16_000) throw new Error(`too long: ${text.length}`);
};

test('any bytes on any topic: the step ends, each message is kept as it came, and only replies go out', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...everyTopic), payload, fc.integer({ min: -100, max: 100 })), {
        maxLength: 30,
      }),
      (messages) => {
        const hand = byHand(setupOf({ geoidM: 40, gimbal: { payload: '80-0-0', yawFrom: 'vehicle' } }));
        let s = 0;
        for (const [topic, bytes, step] of messages) {
          s += Math.abs(step);
          const outputs = hand.bytes(topic, bytes, s);
          t.is(only(outputs, 'raw').length, 1);
          outputs.forEach(says);
          for (const one of only(outputs, 'reply')) {
            t.true(mayWrite.has(one.topic), one.topic);
            t.deepEqual(
              Object.keys(JSON.parse(one.text).data as object).includes('result') ||
                one.text.includes('ntp_server_host'),
              true,
            );
          }
          for (const one of only(outputs, 'feed')) {
            if (one.told.kind !== 'position') continue;
            t.true(Math.abs(one.told.lat) <= 90 && Math.abs(one.told.lon) <= 180);
            t.true(one.told.monoNs <= (1000 + s) * 1e9, 'a value of the future');
          }
          hand.input({ is: 'tick' }, s).forEach(says);
        }
        t.true(hand.state.told.size <= 510);
        t.true(hand.state.warnings.size <= 128);
      },
    ),
    { numRuns: 400 },
  );
});

test('a property that is strange takes none of the others with it, and what is read is what was told', (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom('mode_code', 'wind_speed', 'humidity', 'latitude', 'storage', 'position_state'),
      fc.anything({ maxDepth: 2 }),
      fc.dictionary(
        fc.string().filter((name) => name !== '__proto__'),
        fc.integer(),
        { maxKeys: 5 },
      ),
      (name, value, more) => {
        const { values } = propertiesIn({ ...more, ...dockData, [name]: value }, dockProperties);
        for (const [path, found] of Object.entries(propertiesIn(dockData, dockProperties).values))
          if (path.split('.')[0] !== name) t.is(values[path], found);
        for (const found of Object.values(values)) t.true(typeof found === 'string' || Number.isFinite(found));
      },
    ),
    { numRuns: 500 },
  );
});

test('unknown properties and unknown numbers are kept, told once by name, and told no more', (t) => {
  const hand = byHand();
  const data = { ...dockData, mode_code: 42, new_in_dock_9: { a: 1 } };
  const outputs = hand.message(topics.osd, envelope(data), 1);
  t.deepEqual(typesOf(outputs), ['dji-unnamed', 'dji-strange', 'dji-dock-state']);
  t.true(only(outputs, 'raw')[0]?.raw.text.includes('"new_in_dock_9":{"a":1}'));
  t.is(hand.state.dock.mode_code?.value, 42);
  t.deepEqual(typesOf(hand.message(topics.osd, envelope(data, { timestamp: dayMs + 2000 }), 3)), []);
  t.deepEqual(
    typesOf(hand.message(topics.osd, envelope({ ...data, wind_speed: 'fast' }, { timestamp: dayMs + 4000 }), 5)),
    ['dji-wrong'],
  );
});

test('a million bytes are refused unread, their head is kept and what they were is known', (t) => {
  const hand = byHand();
  const huge = JSON.stringify(envelope({ ...dockData, filler: 'x'.repeat(1_000_000) }));
  const outputs = hand.bytes(topics.osd, huge, 1);
  const [raw] = only(outputs, 'raw');
  t.like(raw?.raw, { bytes: huge.length, cut: true });
  t.is(raw?.raw.text.length, 64 * 1024);
  t.deepEqual(typesOf(outputs), ['dji-unreadable']);
  t.deepEqual(hand.state.dock, {});
  // Of the longest that is read the head is kept too.
  const long = JSON.stringify(envelope({ ...dockData, filler: 'x'.repeat(longestPayload - 2000) }));
  t.like(only(hand.bytes(topics.osd, long, 2), 'raw')[0]?.raw, { cut: true });
  t.is(hand.state.dock.mode_code?.value, 0);
});

test('nesting without end is no message', (t) => {
  const deep = `{"data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  t.deepEqual(typesOf(byHand().bytes(topics.osd, deep, 1)), ['dji-unreadable']);
});

test('a storm of questions: what is beyond any dock is left out, told once, and the dock is heard again after it', (t) => {
  const hand = byHand();
  let replies = 0;
  const events: string[] = [];
  for (let n = 0; n < 20_000; n++) {
    const outputs = hand.message(
      topics.events,
      envelope(mediaData, { tid: `t${n}`, method: 'file_upload_callback', need_reply: 1 }),
      1 + n / 20_000,
    );
    replies += only(outputs, 'reply').length;
    events.push(...typesOf(outputs).filter((type) => type !== 'dji-media'));
  }
  t.true(replies >= 500 && replies <= 560, `${replies}`);
  t.deepEqual(events, ['dji-storm']);
  t.true(hand.state.repeats.answered.size <= 2000);
  const after = hand.message(topics.osd, envelope(dockData, { timestamp: dayMs + 30_000 }), 31);
  t.deepEqual(typesOf(after), ['dji-storm', 'dji-dock-state']);
  t.is(only(after, 'raw').length, 1);
});

test('the same question a thousand times is one reply', (t) => {
  const hand = byHand();
  let replies = 0;
  for (let n = 0; n < 1000; n++)
    replies += only(
      hand.message(topics.events, envelope(mediaData, { method: 'file_upload_callback', need_reply: 1 }), 1 + n / 40),
      'reply',
    ).length;
  t.is(replies, 1);
});

test('time that goes back changes nothing; a clock that was set is believed when it lasts; what a broker kept is old', (t) => {
  const hand = byHand();
  const wind = (s: number, sentS: number, speed: number) =>
    hand.message(topics.osd, envelope({ ...dockData, wind_speed: speed }, { timestamp: dayMs + sentS * 1000 }), s);
  for (let s = 1; s <= 9; s += 2) wind(s, s, 3);
  t.deepEqual(typesOf(wind(10, 7, 99)), ['dji-time-back']);
  t.is(hand.state.dock.wind_speed?.value, 3);
  // A minute without a link, then everything that was kept at once: each value is as old as it is.
  for (let sent = 11; sent <= 69; sent += 2) wind(70, sent, sent);
  const { value, atMs } = hand.state.dock.wind_speed ?? { value: 0, atMs: 0 };
  t.is(value, 69);
  t.true(Math.abs(atMs - 1_069_000) < 10, `${atMs}`);
  // The dock's clock is set back by an hour: not believed at once, and then counted on from there.
  const told: string[] = [];
  for (let s = 71; s <= 101; s += 2) told.push(...typesOf(wind(s, s - 3600, 5)));
  t.deepEqual(told, ['dji-time-stepped']);
  t.is(hand.state.dock.wind_speed?.value, 5);
  // And forward again.
  wind(103, 103, 6);
  t.like(hand.state.dock.wind_speed, { value: 6 });
});

test('a drone that jumps, and one whose messages are doubled, tell no false pose', (t) => {
  const hand = byHand();
  const fly = (s: number, change: object = {}) =>
    hand.message(topics.droneOsd, envelope({ ...droneData, ...change }, { timestamp: dayMs + s * 1000 }), s);
  const positions = (outputs: readonly Output[]) =>
    only(outputs, 'feed').filter(({ told }) => told.kind === 'position').length;
  t.is(positions(fly(1)), 1);
  // The very same again, and again later: kept as it came, and no news.
  t.deepEqual(
    fly(1).map(({ is }) => is),
    ['raw'],
  );
  const twice = envelope(droneData, { timestamp: dayMs + 1000 });
  t.deepEqual(
    hand.message(topics.droneOsd, twice, 2).map(({ is }) => is),
    ['raw'],
  );
  const jumped = fly(3, { latitude: -12 });
  t.is(positions(jumped), 0);
  t.deepEqual(typesOf(jumped), ['dji-vehicle-position-jump']);
  t.is(positions(fly(5)), 1);
  t.is(positions(fly(7, { latitude: 91 })), 0);
  t.is(positions(fly(9, { latitude: null })), 0);
});
