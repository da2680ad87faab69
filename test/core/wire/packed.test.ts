import { deflateRawSync } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import { packed, unpacked } from '../../../daemons/core/wire/packed.ts';
import { arrivalOf } from '../../support/arrivals.ts';

test('what is packed comes back as the very same text, and plain text as it is', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      t.is(unpacked(packed(text)), text);
    }),
  );
  const { text } = arrivalOf({ stream: 'tele', seq: 7 });
  t.is(unpacked(packed(text)), text);
  t.is(unpacked(Buffer.from(text)), text);
});

test('an envelope of telemetry is much smaller packed', (t) => {
  const { text } = arrivalOf({ stream: 'tele', seq: 7 });
  t.true(packed(text).length < text.length / 4);
});

test('bytes that are no packed text, or that unpack without end, are refused and cost no memory', (t) => {
  const refusal = (bytes: Uint8Array) => t.throws(() => unpacked(bytes), { instanceOf: Fault })?.message ?? '';
  const bomb = Buffer.concat([Buffer.from([1]), deflateRawSync(Buffer.alloc(200_000_000))]);
  t.true(bomb.length < 1_000_000);
  t.regex(refusal(bomb), /unpacks to more than 1000000 bytes/);
  t.regex(refusal(Buffer.from([1, 255, 255, 255])), /cannot be unpacked/);
  t.regex(refusal(Buffer.from([1])), /cannot be unpacked/);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      try {
        unpacked(Uint8Array.from([1, ...bytes]));
      } catch (error) {
        t.true(error instanceof Fault);
      }
    }),
  );
});
