/**
 * Compensation of Bosch BME680 and BME688 (BST-BME680-DS001, sections 3.3 and 3.4; BST-BME688-DS000, section 3.6): the
 * floating-point formulas, which do not overflow on readings that a broken frame may hold.
 */
export interface Bme68xTrim {
  readonly t: readonly [number, number, number];
  /** par_p1 to par_p10. */
  readonly p: readonly number[];
  /** par_h1 to par_h7. */
  readonly h: readonly number[];
  /** par_g1 to par_g3. */
  readonly g: readonly [number, number, number];
  readonly heatRange: number;
  readonly heatValue: number;
  readonly rangeError: number;
}

/** Where the trimming values stand (memory map, table 20): three blocks, of 23, 14 and 5 bytes. */
export const trimBlocks = [
  [0x8a, 23],
  [0xe1, 14],
  [0x00, 5],
] as const;

/** The trimming values from the three blocks, one behind the other (42 bytes). */
export function bme68xTrim(blocks: Uint8Array): Bme68xTrim {
  const at = new DataView(blocks.buffer, blocks.byteOffset, blocks.length);
  const u16 = (index: number): number => at.getUint16(index, true);
  const s16 = (index: number): number => at.getInt16(index, true);
  const u8 = (index: number): number => at.getUint8(index);
  const s8 = (index: number): number => at.getInt8(index);
  return {
    t: [u16(31), s16(0), s8(2)],
    p: [u16(4), s16(6), s8(8), s16(10), s16(12), s8(15), s8(14), s16(18), s16(20), u8(22)],
    h: [(u8(25) << 4) | (u8(24) & 15), (u8(23) << 4) | (u8(24) >> 4), s8(26), s8(27), s8(28), u8(29), s8(30)],
    g: [s8(35), s16(33), s8(36)],
    heatRange: (u8(39) & 0x30) >> 4,
    heatValue: s8(37),
    rangeError: s8(41) >> 4,
  };
}

/** Fine temperature from the 20-bit reading; divided by 5120 it is in C. */
export function fineTemperature(adc: number, { t: [t1, t2, t3] }: Bme68xTrim): number {
  const apart = adc / 131072 - t1 / 8192;
  return (adc / 16384 - t1 / 1024) * t2 + apart * apart * (t3 * 16);
}

/** Pressure in Pa from the 20-bit reading; not finite where the formula divides by zero. */
export function pressurePa(adc: number, fine: number, trim: Bme68xTrim): number {
  const [p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0, p8 = 0, p9 = 0, p10 = 0] = trim.p;
  const base = fine / 2 - 64000;
  const offset = (base * base * (p6 / 131072) + base * p5 * 2) / 4 + p4 * 65536;
  const slope = (1 + ((p3 * base * base) / 16384 + p2 * base) / 524288 / 32768) * p1;
  const rough = ((1048576 - adc - offset / 4096) * 6250) / slope;
  const small = rough / 256;
  const cube = small * small * small * (p10 / 131072);
  const bend = (p9 * rough * rough) / 2147483648 + rough * (p8 / 32768) + cube;
  return rough + (bend + p7 * 128) / 16;
}

/** Relative humidity in % from the 16-bit reading, clamped to 0..100 as the datasheet does. */
export function relativePercent(adc: number, fine: number, trim: Bme68xTrim): number {
  const [h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0, h7 = 0] = trim.h;
  const temperatureC = fine / 5120;
  const shift = adc - (h1 * 16 + (h3 / 2) * temperatureC);
  const warm = 1 + (h4 / 16384) * temperatureC + (h5 / 1048576) * temperatureC * temperatureC;
  const straight = shift * (h2 / 262144) * warm;
  const bent = straight + (h6 / 16384 + (h7 / 2097152) * temperatureC) * straight * straight;
  return Math.min(100, Math.max(0, bent));
}

/** Table 16 of the BME680: constants of its ranges, in percent. */
const k1 = [0, 0, 0, 0, 0, -1, 0, -0.8, 0, 0, -0.2, -0.5, 0, -1, 0, 0];
const k2 = [0, 0, 0, 0, 0.1, 0.7, 0, -0.8, -0.1, 0, 0, 0, 0, 0, 0, 0];

/** Gas resistance in ohm of a BME680 (variant 0). */
export function gasOhmLow(adc: number, range: number, { rangeError }: Bme68xTrim): number {
  const scale = (1340 + 5 * rangeError) * (1 + (k1[range] ?? 0) / 100);
  return 1 / ((1 + (k2[range] ?? 0) / 100) * 0.000000125 * (1 << range) * ((adc - 512) / scale + 1));
}

/** Gas resistance in ohm of a BME688 (variant 1). */
export const gasOhmHigh = (adc: number, range: number): number =>
  (1_000_000 * (262144 >> range)) / (4096 + 3 * (adc - 512));

/** The heater's set point for a temperature of its plate in C, in air of `ambientC` (section 3.6.5): 0 to 255. */
export function heaterCode(targetC: number, ambientC: number, trim: Bme68xTrim): number {
  const [g1, g2, g3] = trim.g;
  const first = g1 / 16 + 49;
  const second = (g2 / 32768) * 0.0005 + 0.00235;
  const hot = first * (1 + second * targetC) + (g3 / 1024) * ambientC;
  const code = 3.4 * (hot * (4 / (4 + trim.heatRange)) * (1 / (1 + trim.heatValue * 0.002)) - 25);
  return Math.max(0, Math.min(255, Math.floor(code)));
}

/** The heating time in ms as the part's register has it (section 5.3.3): six bits and a factor of 1, 4, 16 or 64. */
export function heatingTimeCode(ms: number): number {
  for (const [code, factor] of [1, 4, 16, 64].entries())
    if (ms <= 63 * factor) return (code << 6) | Math.ceil(ms / factor);
  return 0xff;
}
