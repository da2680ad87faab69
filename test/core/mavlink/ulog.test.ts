import test from 'ava';
import fc from 'fast-check';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { readUlog } from '../../../daemons/core/ulog/ulog.ts';

const piece = (kind: string, body: Uint8Array): Uint8Array => {
  const head = Buffer.alloc(3);
  head.writeUInt16LE(body.length);
  head.write(kind, 2, 'latin1');
  return Buffer.concat([head, body]);
};
const start = Buffer.concat([Buffer.from('ULog\x01\x12\x35', 'latin1'), Buffer.alloc(9)]);
const format = (text: string): Uint8Array => piece('F', Buffer.from(text));
const subscribe = (id: number, topic: string): Uint8Array =>
  piece('A', Buffer.concat([Buffer.of(0, id & 0xff, id >> 8), Buffer.from(topic)]));
const wind = (id: number, timeUs: number, [north, east]: readonly [number, number]): Uint8Array => {
  const body = Buffer.alloc(2 + 8 + 8);
  body.writeUInt16LE(id);
  body.writeBigUInt64LE(BigInt(timeUs), 2);
  body.writeFloatLE(north, 10);
  body.writeFloatLE(east, 14);
  return piece('D', body);
};
const head = [
  start,
  format('wind_estimate:uint64_t timestamp;float[2] wind;uint8_t[4] _padding0;'),
  subscribe(5, 'wind_estimate'),
];
const wanted = new Set(['wind_estimate']);

test('samples have their topic, time and values; the padding at the end is not in the file', (t) => {
  const { samples, counts, skipped } = readUlog(Buffer.concat([...head, wind(5, 1000, [1.5, -2])]), wanted);
  t.deepEqual(samples, [{ topic: 'wind_estimate', instance: 0, timeUs: 1000, values: { wind: [1.5, -2] } }]);
  t.deepEqual(counts, { wind_estimate: 1 });
  t.is(skipped, 0);
});

test('behind a damaged stretch the log goes on at its next sync message', (t) => {
  const sync = piece('S', Buffer.from('2f731320250cbb12', 'hex'));
  const log = Buffer.concat([...head, wind(5, 1, [1, 1]), Buffer.alloc(40, 0xff), sync, wind(5, 2, [2, 2])]);
  const { samples, skipped } = readUlog(log, wanted);
  t.deepEqual(
    samples.map(({ timeUs }) => timeUs),
    [1, 2],
  );
  t.is(skipped, 40 + sync.length);
});

test('data of what was not subscribed, too short data, and a format that holds itself are passed over', (t) => {
  const log = Buffer.concat([
    ...head,
    format('loop:uint64_t timestamp;loop inner;'),
    subscribe(6, 'loop'),
    wind(6, 1, [1, 1]),
    wind(9, 1, [1, 1]),
    piece('D', Buffer.of(5, 0, 1)),
    wind(5, 3, [3, 3]),
  ]);
  t.deepEqual(readUlog(log, wanted).counts, { wind_estimate: 1 });
});

test('any file gives samples or a Fault, and never another error', (t) => {
  const good = Buffer.concat([...head, wind(5, 1, [1, 1]), wind(5, 2, [2, 2])]);
  const mutated = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 }).map((changes) => {
    const bytes = Buffer.from(good);
    for (const [at, value] of changes) bytes[at] = value;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), mutated), (bytes) => {
      try {
        readUlog(bytes, wanted);
      } catch (error) {
        t.true(isFault(error));
      }
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
