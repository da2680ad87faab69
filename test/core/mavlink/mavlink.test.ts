import test from 'ava';
import fc from 'fast-check';
import { decode } from '../../../daemons/core/mavlink/decode.ts';
import { frameOf } from '../../../daemons/core/mavlink/encode.ts';
import { type Frame, framesIn, freshFraming } from '../../../daemons/core/mavlink/framing.ts';
import { gaps } from '../../../daemons/core/mavlink/gaps.ts';
import { layouts } from '../../../daemons/core/mavlink/messages.ts';
import { freshSigning, judge, signatureOf } from '../../../daemons/core/mavlink/signing.ts';
import { framesOfTlog } from '../../../daemons/core/mavlink/tlog.ts';
import { frame } from './frames.ts';

const all = (bytes: Uint8Array): readonly Frame[] => framesIn(freshFraming(), bytes, true)[1];
const joined = (...parts: Uint8Array[]): Uint8Array => Buffer.concat(parts);
const heartbeat = (seq: number, system = 1): Uint8Array => {
  const one = layouts.get(0);
  if (!one) throw new Error('no HEARTBEAT');
  return frameOf(one, Uint8Array.of(0, 0, 0, 0, 2, 3, 81, 4, 3), { system, component: 1, seq });
};

test('CRC_EXTRA of every message is the published one, so that names, types and order are', (t) => {
  const published = {
    0: 50,
    1: 124,
    2: 137,
    24: 24,
    30: 39,
    33: 104,
    40: 230,
    43: 132,
    44: 221,
    45: 232,
    47: 153,
    51: 196,
    73: 38,
    74: 20,
    147: 154,
    158: 134,
    168: 1,
    231: 105,
    245: 130,
    253: 83,
    263: 133,
    285: 137,
  };
  t.deepEqual(Object.fromEntries([...layouts].map(([id, { crcExtra }]) => [id, crcExtra])), published);
});

test('a frame of a real flight is read: GLOBAL_POSITION_INT of MAVLink 1', (t) => {
  const bytes = Buffer.from('fe1c05010121464909003009ecea70c3e8584af808005e1a000044ff06000000d536450e', 'hex');
  const [one, ...more] = all(bytes);
  t.deepEqual(more, []);
  if (!one) return t.fail();
  t.like(one, { version: 1, system: 1, component: 1, seq: 5 });
  t.like(decode(one), {
    name: 'GLOBAL_POSITION_INT',
    fields: {
      time_boot_ms: 608582,
      lat: -353629904,
      lon: 1491649392,
      alt: 587850,
      relative_alt: 6750,
      vx: -188,
      hdg: 14037,
    },
  });
});

test('every message comes back from its frame as it was sent, in whatever pieces it comes', (t) => {
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 40 }), (sent, size) => {
      const bytes = joined(...sent.map((one) => one.bytes));
      let state = freshFraming();
      const found: Frame[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        const [next, frames] = framesIn(state, bytes.subarray(at, at + size));
        state = next;
        found.push(...frames);
        t.true(state.rest.length <= 280);
      }
      t.deepEqual(
        found.map((one) => decode(one).fields),
        sent.map(({ fields }) => fields),
      );
    }),
    { numRuns: 200 },
  );
});

test('noise in front of a frame never swallows it, not even what looks like the beginning of another', (t) => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom(Uint8Array.of(0xfd, 9, 0), Uint8Array.of(0xfe), Uint8Array.of(0xfd, 255, 1, 0, 0, 0, 0, 0, 0, 0)),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(noise, frame), { minLength: 1, maxLength: 6 }), (parts) => {
      const found = all(joined(...parts.flatMap(([before, { bytes }]) => [before, bytes])));
      for (const [, { bytes }] of parts) t.true(found.some((one) => Buffer.compare(one.bytes, bytes) === 0));
    }),
    { numRuns: 300 },
  );
});

test('a flipped bit is never a message, and costs no other', (t) => {
  fc.assert(
    fc.property(frame, frame, fc.nat(), (spoiled, good, place) => {
      const bytes = Uint8Array.from(spoiled.bytes);
      const bit = place % (bytes.length * 8);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const found = all(joined(bytes, good.bytes));
      t.true(found.some((one) => Buffer.compare(one.bytes, good.bytes) === 0));
      t.false(found.some((one) => Buffer.compare(one.bytes, bytes) === 0));
    }),
    { numRuns: 300 },
  );
});

test('any bytes at all give frames or none, and never an error', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      for (const one of all(bytes)) decode(one);
      framesOfTlog(bytes);
    }),
  );
  t.pass();
});

test('gaps are counted for each sender of a link by itself, over the end of the numbers too', (t) => {
  const sent = [heartbeat(254), heartbeat(7, 2), heartbeat(255), heartbeat(1), heartbeat(8, 2), heartbeat(2)];
  let state: Parameters<typeof gaps>[0] = new Map();
  const found = all(joined(...sent)).flatMap((one) => {
    const [next, ...gap] = gaps(state, one);
    state = next;
    return gap;
  });
  t.deepEqual(found, [{ system: 1, component: 1, missing: 1 }]);
});

test('of many senders only so many are remembered', (t) => {
  let state: Parameters<typeof gaps>[0] = new Map();
  for (let system = 0; system < 256; system++)
    for (const component of [1, 2]) {
      const [one] = all(heartbeat(0, system));
      if (one) [state] = gaps(state, { ...one, component });
    }
  t.is(state.size, 256);
});

const key = new Uint8Array(32).fill(7);
const signed = (ticks: bigint, { link = 3, withKey = key } = {}): Frame => {
  const one = layouts.get(0);
  if (!one) throw new Error('no HEARTBEAT');
  const bytes = frameOf(one, Uint8Array.of(0, 0, 0, 0, 2, 3, 81, 4, 3), { system: 1, component: 1, seq: 0 }, 1);
  const [found] = all(joined(bytes, signatureOf(withKey, bytes, { link, ticks })));
  if (!found) throw new Error('the signed frame was not found');
  return found;
};

test('a signed frame is good once: forged, unsigned and replayed ones are told apart', (t) => {
  const [after, first] = judge(key, freshSigning(), signed(100n));
  t.is(first, 'good');
  t.is(judge(key, after, signed(100n))[1], 'replayed');
  t.is(judge(key, after, signed(99n))[1], 'replayed');
  t.is(judge(key, after, signed(101n))[1], 'good');
  t.is(judge(key, after, signed(101n, { withKey: new Uint8Array(32) }))[1], 'forged');
  const [plain] = all(heartbeat(1));
  if (plain) t.is(judge(key, after, plain)[1], 'unsigned');
  t.is(judge(key, freshSigning(100_000_000n), signed(100n))[1], 'replayed');
});

test('any bit flipped in a signed frame makes it forged, or no frame', (t) => {
  const { bytes } = signed(100n);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const spoiled = Uint8Array.from(bytes);
    spoiled[bit >> 3] = (spoiled[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    for (const one of all(spoiled)) t.not(judge(key, freshSigning(), one)[1], 'good');
  }
});

test('frames of a log have their moments; a stamp that is none gives none', (t) => {
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(1_790_000_000_123_000n);
  const found = framesOfTlog(joined(stamp, heartbeat(1), Buffer.alloc(8), heartbeat(2), heartbeat(3)));
  t.deepEqual(
    found.map(({ wallMs }) => wallMs),
    [1_790_000_000_123, null, null],
  );
});
