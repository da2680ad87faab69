/** CRC-16/MCRF4XX, which MAVLink calls X.25: polynomial 0x1021 reflected, from 0xFFFF on (mavlink.io, "Serialization"). */
const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  return crc;
});

/** The sum over `bytes[from, to)`, going on from `crc`. */
export function crcOver(bytes: Uint8Array, from: number, to: number, crc = 0xffff): number {
  let sum = crc;
  for (let i = from; i < to; i++) sum = (sum >>> 8) ^ (table[(sum ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
  return sum;
}

/** The sum with one more byte. */
export const crcWith = (crc: number, byte: number): number => (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
