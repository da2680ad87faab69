import test from 'ava';
import fc from 'fast-check';
import { crc16, readRequest, readResponse, wrongResponse } from '../../../daemons/core/codecs/modbus-rtu.ts';
import { crc8, words } from '../../../daemons/core/codecs/sensirion.ts';
import { winsenChecksum, winsenCommand, winsenFrames } from '../../../daemons/core/codecs/winsen.ts';
import { type Fault, isFault } from '../../../daemons/core/ports/fault.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
const faultOf = (work: () => unknown): Fault | null => {
  try {
    work();
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
  return null;
};

test('CRC-8 agrees with the vectors of the datasheets', (t) => {
  t.is(crc8(bytes('beef')), 0x92);
  t.is(crc8(bytes('00')), 0xac);
  t.is(crc8(bytes('8000')), 0xa2);
  t.is(crc8(bytes('6666')), 0x93);
});

test('the words of an SCD4x example come out, and one flipped bit anywhere gives none', (t) => {
  const answer = bytes('01f4 33 6667 a2 5eb9 3c');
  t.deepEqual(words(answer, 3), [500, 0x6667, 0x5eb9]);
  for (let bit = 0; bit < answer.length * 8; bit++) {
    const bad = Uint8Array.from(answer);
    bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    t.is(faultOf(() => words(bad, 3))?.kind, 'checksum');
  }
  t.is(faultOf(() => words(answer.subarray(1), 3))?.kind, 'protocol');
});

test('CRC-16 and a request agree with the published frames', (t) => {
  t.is(crc16(Buffer.from('123456789')), 0x4b37);
  t.is(hex(readRequest(1, 'holding', 0, 10)), '01030000000ac5cd');
  t.is(hex(readRequest(0xfe, 'input', 0, 4)), 'fe0400000004e5c6');
});

const answerOf = (unit: number, code: number, registers: readonly number[]): Uint8Array => {
  const body = [unit, code, registers.length * 2, ...registers.flatMap((word) => [word >> 8, word & 255])];
  const crc = crc16(Uint8Array.from(body));
  return Uint8Array.from([...body, crc & 255, crc >> 8]);
};

test('an answer is found behind noise and however it was cut', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 65535 }), { minLength: 1, maxLength: 20 }),
      fc.uint8Array({ maxLength: 6 }),
      (registers, noise) => {
        const all = Uint8Array.from([...noise, ...answerOf(7, 3, registers)]);
        const request = { unit: 7, table: 'holding', count: registers.length } as const;
        for (let cut = 0; cut < all.length; cut++) t.is(readResponse(all.subarray(0, cut), request), null);
        t.deepEqual(readResponse(all, request), registers);
      },
    ),
    { numRuns: 50 },
  );
});

test('another unit, another question and a wrong CRC are named, and none gives a value', (t) => {
  const request = { unit: 7, table: 'input', count: 1 } as const;
  const wrong = (received: Uint8Array) => {
    t.is(readResponse(received, request), null);
    return wrongResponse(received, request)?.kind ?? null;
  };
  t.is(wrong(answerOf(8, 4, [1])), 'protocol');
  t.is(wrong(answerOf(7, 3, [1])), 'protocol');
  t.is(wrong(answerOf(7, 4, [1, 2])), 'protocol');
  const bad = answerOf(7, 4, [1234]);
  bad[3] = (bad[3] ?? 0) ^ 1;
  t.is(wrong(bad), 'checksum');
  t.is(wrong(Uint8Array.from([7, 0x84, 2, 0, 0])), 'checksum');
  t.is(wrong(bytes('00 55 aa 00 55 aa')), null);
});

test('the own answer is found behind an answer of another unit, one to another question and a broken frame', (t) => {
  const request = { unit: 7, table: 'input', count: 1 } as const;
  const bad = answerOf(7, 4, [1234]);
  bad[3] = (bad[3] ?? 0) ^ 1;
  for (const before of [answerOf(8, 4, [1]), answerOf(7, 4, [1, 2]), answerOf(7, 3, [5]), bad])
    t.deepEqual(readResponse(Uint8Array.from([...before, ...answerOf(7, 4, [42])]), request), [42], hex(before));
});

test('an exception of the unit is its refusal, with the meaning of the code', (t) => {
  const exception = Uint8Array.from([7, 0x84, 2]);
  const crc = crc16(exception);
  const request = { unit: 7, table: 'input', count: 1 } as const;
  const said = faultOf(() => readResponse(Uint8Array.from([...exception, crc & 255, crc >> 8]), request));
  t.is(said?.kind, 'refused');
  t.regex(said?.message ?? '', /illegal data address/);
});

test('no mutated Modbus answer gives other registers than it held', (t) => {
  let passed = 0;
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 65535 }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.record({ at: fc.nat(12), to: fc.nat(255) }), { minLength: 1, maxLength: 3 }),
      (registers, edits) => {
        const frame = answerOf(7, 3, registers);
        const mutated = Uint8Array.from(frame);
        for (const { at, to } of edits) mutated[at % mutated.length] = to;
        let got: number[] | null = null;
        faultOf(() => {
          got = readResponse(mutated, { unit: 7, table: 'holding', count: registers.length });
        });
        if (got !== null && hex(mutated) !== hex(frame)) passed += 1;
      },
    ),
    { numRuns: 20_000, seed: 1 },
  );
  // CRC-16 misses one random change in 65,536; three bytes of 20,000 frames may meet it at most once or twice.
  t.true(passed <= 2, `${passed}`);
});

test('Winsen frames agree with the published bytes', (t) => {
  t.is(hex(winsenCommand(0x01, 0x86)), 'ff0186000000000079');
  t.is(hex(winsenCommand(0x01, 0x78, 0x41)), 'ff0178410000000046');
  t.is(hex(winsenCommand(0x01, 0x78, 0x40)), 'ff0178400000000047');
  t.is(winsenChecksum(bytes('ff8602200000000058')), 0x58);
  t.is(winsenChecksum(bytes('ff86002a0000002030')), 0x30);
});

test('frames are found in noise, and no more than eight bytes ever wait', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(65535), (noise, value) => {
      const frame = winsenCommand(0x86, value >> 8, value & 255);
      const scan = winsenFrames(Uint8Array.from([...noise.map((one) => (one === 0xff ? 0 : one)), ...frame]));
      t.deepEqual(scan.frames.map(hex), [hex(frame)]);
      t.true(winsenFrames(noise).rest.length <= 8);
    }),
  );
});
