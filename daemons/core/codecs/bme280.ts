/**
 * Compensation of Bosch BME280 and BMP280 (datasheet BST-BME280-DS001, sections 4.2.2 and 4.2.3; BST-BMP280-DS001, 3.11):
 * the integer formulas as they are published, pressure in 64 bits, so that the published examples come out to the bit.
 */
export interface Bme280Trim {
  /** dig_T1 to dig_T3, dig_P1 to dig_P9, dig_H1 to dig_H6; the last are empty for a BMP280. */
  readonly t: readonly number[];
  readonly p: readonly number[];
  readonly h: readonly number[];
}

/** Where the trimming values stand (table 16), as first register and length. */
export const trimBlocks = {
  bmp280: [[0x88, 24]],
  bme280: [
    [0x88, 24],
    [0xa1, 1],
    [0xe1, 7],
  ],
} as const;

/** The trimming values from their blocks, one behind the other: 24 bytes of a BMP280, 32 of a BME280. */
export function bme280Trim(blocks: Uint8Array): Bme280Trim {
  const at = new DataView(blocks.buffer, blocks.byteOffset, blocks.length);
  const signed = (index: number): number => at.getInt16(index * 2, true);
  const t = [at.getUint16(0, true), signed(1), signed(2)];
  const p = [at.getUint16(6, true), ...[4, 5, 6, 7, 8, 9, 10, 11].map(signed)];
  if (blocks.length < 32) return { t, p, h: [] };
  const shared = at.getUint8(29);
  const h4 = (at.getInt8(28) << 4) | (shared & 0x0f);
  const h5 = (at.getInt8(30) << 4) | (shared >> 4);
  return { t, p, h: [at.getUint8(24), at.getInt16(25, true), at.getUint8(27), h4, h5, at.getInt8(31)] };
}

/** Fine temperature from the 20-bit reading; (t_fine * 5 + 128) / 256 is in hundredths of a degree. */
export function fineTemperature(adc: number, { t: [t1 = 0, t2 = 0, t3 = 0] }: Bme280Trim): number {
  // The products of the datasheet's 32 bits overflow outside the range of the part; those of doubles do not.
  const first = Math.floor((((adc >> 3) - (t1 << 1)) * t2) / 2048);
  const apart = (adc >> 4) - t1;
  return first + Math.floor((Math.floor((apart * apart) / 4096) * t3) / 16384);
}

/** Temperature in C, in steps of 0.01. */
export const temperatureC = (fine: number): number => Math.floor((fine * 5 + 128) / 256) / 100;

/** Pressure in Pa from the 20-bit reading, in steps of 1/256; null where the formula would divide by zero. */
export function pressurePa(adc: number, fine: number, trim: Bme280Trim): number | null {
  const [p1 = 0n, p2 = 0n, p3 = 0n, p4 = 0n, p5 = 0n, p6 = 0n, p7 = 0n, p8 = 0n, p9 = 0n] = trim.p.map(BigInt);
  const base = BigInt(fine) - 128000n;
  const offset = base * base * p6 + ((base * p5) << 17n) + (p4 << 35n);
  const slope = (((1n << 47n) + ((base * base * p3) >> 8n) + ((base * p2) << 12n)) * p1) >> 33n;
  if (slope === 0n) return null;
  // BigInt divides towards zero, as C does.
  const raw = (((1048576n - BigInt(adc)) << 31n) - offset) * 3125n;
  const rough = raw / slope;
  const bend = (p9 * (rough >> 13n) * (rough >> 13n)) >> 25n;
  const lean = (p8 * rough) >> 19n;
  return Number(((rough + bend + lean) >> 8n) + (p7 << 4n)) / 256;
}

/** Relative humidity in %, in steps of 1/1024, clamped to 0..100 as the datasheet does. */
export function relativePercent(adc: number, fine: number, trim: Bme280Trim): number {
  const [h1 = 0n, h2 = 0n, h3 = 0n, h4 = 0n, h5 = 0n, h6 = 0n] = trim.h.map(BigInt);
  const base = BigInt(fine) - 76800n;
  const shift = ((BigInt(adc) << 14n) - (h4 << 20n) - h5 * base + 16384n) >> 15n;
  const warm = (((base * h6) >> 10n) * (((base * h3) >> 11n) + 32768n)) >> 10n;
  const gain = ((warm + 2097152n) * h2 + 8192n) >> 14n;
  const straight = shift * gain;
  const bent = straight - (((((straight >> 15n) * (straight >> 15n)) >> 7n) * h1) >> 4n);
  const held = bent < 0n ? 0n : bent > 419430400n ? 419430400n : bent;
  return Number(held >> 12n) / 1024;
}
