/**
 * Every published vector of the parts that the gas daemon reads, as collected in the reference file sensing.md, section
 * 2.2 ("Devices, frames and test vectors"), with the document that each comes from.
 */
import test from 'ava';
import { crc16, readRequest, readResponse } from '../../../daemons/core/codecs/modbus-rtu.ts';
import { crc8, words } from '../../../daemons/core/codecs/sensirion.ts';
import { winsenChecksum, winsenCommand, winsenFrames } from '../../../daemons/core/codecs/winsen.ts';
import { command, decode as decodeAds } from '../../../daemons/gas/drivers/ads1115.ts';
import { decode as decodeSht } from '../../../daemons/gas/drivers/sht4x.ts';
import { decode as decodeWinsen } from '../../../daemons/gas/drivers/winsen.ts';
import { published } from './published.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
const near = (a: number | null | undefined, b: number, within: number): boolean =>
  Math.abs((a ?? Number.NaN) - b) <= within;

test('Sensirion CRC-8 (SHTC3 datasheet 5.10; SGP40 and SCD4x datasheets; sensing.md 2.2)', (t) => {
  const published = { beef: 0x92, '00': 0xac, '8000': 0xa2, '6666': 0x93, '01f4': 0x33, '6667': 0xa2, '5eb9': 0x3c };
  for (const [data, crc] of Object.entries(published)) t.is(crc8(bytes(data)), crc, data);
  t.deepEqual(words(bytes('8000 a2 6666 93'), 2), [0x8000, 0x6666]);
  t.deepEqual(words(bytes('01f4 33 6667 a2 5eb9 3c'), 3), [500, 0x6667, 0x5eb9]);
});

test('SHT4x conversion (datasheet 4.6; sensing.md 2.2): T = -45 + 175 S/65535, RH = -6 + 125 S/65535, clamped', (t) => {
  const word = (value: number): string => {
    const two = Uint8Array.of(value >> 8, value & 255);
    return hex(Uint8Array.of(...two, crc8(two)));
  };
  const at = (s1: number, s2: number) => decodeSht(bytes(word(s1) + word(s2))).map(({ value }) => value);
  // The SCD4x example's temperature word has the same formula: 25.003 C, as published.
  t.true(near(at(0x6667, 0x8000)[0], 25.003, 0.001));
  t.true(near(at(0, 0)[0], -45, 1e-9));
  t.true(near(at(65535, 0)[0], 130, 1e-9));
  t.deepEqual([at(0, 0)[1], at(0, 65535)[1]], [0, 100]);
  t.true(near(at(0, 0x8000)[1], 56.501, 0.001));
});

test('ADS1115 config word and conversion (SBAS444 tables 3 and 8; sensing.md 2.2)', (t) => {
  t.is(command('a0', { fullScaleMv: 4096, rate: 128 }), 0xc383);
  t.is(decodeAds('a0', bytes('7fff'), 4096).value, 4095.875);
  // Full scales of the PGA codes 000 to 101; one code of the converter is FS / 32768.
  for (const fullScaleMv of [6144, 4096, 2048, 1024, 512, 256] as const) {
    t.is(decodeAds('a0', bytes('4000'), fullScaleMv).value, fullScaleMv / 2);
    t.is((command('a0', { fullScaleMv, rate: 860 }) >> 5) & 7, 7);
  }
  t.is((command('a0', { fullScaleMv: 6144, rate: 128 }) >> 9) & 7, 0);
  t.is((command('a0', { fullScaleMv: 256, rate: 128 }) >> 9) & 7, 5);
  t.is((command('a3', { fullScaleMv: 256, rate: 128 }) >> 12) & 7, 7);
});

test('Modbus CRC and frames (Modbus over Serial Line V1.02; Senseair S8 communication manual; sensing.md 2.2)', (t) => {
  t.is(crc16(Buffer.from('123456789')), 0x4b37);
  t.is(hex(readRequest(1, 'holding', 0, 10)), '01030000000ac5cd');
  t.is(hex(readRequest(0xfe, 'input', 0, 4)), 'fe0400000004e5c6');
  t.is(hex(readRequest(0xfe, 'holding', 0x1f, 1)), 'fe03001f0001a1c3');
  // A frame with its own CRC behind it leaves zero: also for the writes that we never send.
  for (const frame of [
    'fe06 0000 0000 9dc5',
    'fe06 0001 7c06 6cc7',
    'fe06 001f 00b4 ac74',
    'fe06 001f 0000 ac03',
    '0103 0000 000a c5cd',
  ])
    t.is(crc16(bytes(frame)), 0, frame);
  t.is(readResponse(bytes('fe06 001f 00b4 ac74'), { unit: 0xfe, table: 'input', count: 1 }), null);
});

test('Winsen frames and checksum (MH-Z19B, ZE07-CH2O and ZE03 manuals; sensing.md 2.2)', (t) => {
  const commands: readonly (readonly [string, readonly number[]])[] = [
    ['ff0186000000000079', [0x01, 0x86]],
    ['ff0178410000000046', [0x01, 0x78, 0x41]],
    ['ff0178400000000047', [0x01, 0x78, 0x40]],
    ['ff0187000000000078', [0x01, 0x87]],
    ['ff0179a000000000e6', [0x01, 0x79, 0xa0]],
    ['ff0179000000000086', [0x01, 0x79, 0x00]],
  ];
  for (const [frame, body] of commands) t.is(hex(winsenCommand(...body)), frame);
  const options = { mode: 'ask', channel: 'x', unit: 'ppm', warmUpS: 0, timeoutMs: 1000 } as const;
  const value = (frame: string, scale: number) => {
    const [found] = winsenFrames(bytes(frame)).frames;
    return found ? decodeWinsen(found, { ...options, scale, range: [0, 10_000] }, true).value : null;
  };
  t.is(value('ff86 0220 0000 0000 58', 1), 544);
  t.is(value('ff86 002a 0000 0020 30', 1), 42);
  t.is(winsenChecksum(bytes('ff86002a0000002030')), 0x30);
  t.is(value('ff86 0220 0000 0000 59', 1), null);
});

for (const { part, source, decode, values, within } of published) {
  test(`${part}: a published vector gives the published values (${source})`, (t) => {
    const found = decode() ?? [];
    t.is(found.length, values.length);
    found.forEach(({ value }, i) => {
      const wanted = values[i] ?? null;
      if (value === null || wanted === null) t.is(value, wanted);
      else t.true(near(value, wanted, within), `${value}, published ${wanted}`);
    });
  });
}
