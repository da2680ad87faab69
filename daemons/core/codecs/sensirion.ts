import { Fault } from '../ports/fault.ts';

/** CRC-8 of Sensirion's digital sensors: polynomial 0x31, start 0xff (for example SHT4x datasheet, section 4.4). */
export function crc8(bytes: Uint8Array): number {
  let crc = 0xff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x31) & 0xff : (crc << 1) & 0xff;
  }
  return crc;
}

/** A 16-bit command and its arguments, each argument followed by its CRC. */
export function sensirionCommand(code: number, ...args: readonly number[]): Uint8Array {
  const sealed = args.flatMap((word) => {
    const pair = [word >> 8, word & 255];
    return [...pair, crc8(Uint8Array.from(pair))];
  });
  return Uint8Array.of(code >> 8, code & 255, ...sealed);
}

/**
 * The 16-bit words of an answer in which each is followed by its CRC.
 * Errors: Fault `protocol` for a wrong length, `checksum` naming the word: no word of a broken answer is used.
 */
export function words(bytes: Uint8Array, count: number): number[] {
  if (bytes.length !== count * 3)
    throw new Fault('protocol', `${bytes.length} bytes; ${count} words with checksums are ${count * 3}`);
  return Array.from({ length: count }, (_, i) => {
    const pair = bytes.subarray(i * 3, i * 3 + 2);
    const [high = 0, low = 0] = pair;
    const said = bytes[i * 3 + 2] ?? 0;
    if (crc8(pair) !== said)
      throw new Fault(
        'checksum',
        `word ${i + 1} of ${count}: checksum ${hex(said)}, its bytes give ${hex(crc8(pair))}`,
      );
    return (high << 8) | low;
  });
}

/** Two or three words of a serial number as the maker prints them: hex, high word first. Errors: as `words`. */
export const serialOf = (bytes: Uint8Array): string =>
  words(bytes, bytes.length / 3)
    .map((word) => word.toString(16).padStart(4, '0'))
    .join('');

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;
