/**
 * Bosch BME280, BMP280, BME680 and BME688 as register files that measure on demand. Written apart from the drivers: where
 * a driver uses one of the two published forms of the compensation (integers or floating point), this finds the readings
 * of an air by searching with the other.
 */
import type { SimulatedPart } from './ads1115.ts';

export interface BoschAir {
  readonly temperatureC: number;
  readonly pressurePa: number;
  readonly relativePercent: number;
  /** Resistance of the heated layer; only of a BME68x. */
  readonly gasOhm: number;
}

/** The raw reading in 0..most at which a monotonic conversion comes nearest to a value. */
export function readingOf(value: number, most: number, convert: (adc: number) => number): number {
  const rising = convert(most) > convert(0);
  let [low, high] = [0, most];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (convert(middle) < value === rising) low = middle;
    else high = middle;
  }
  return Math.abs(convert(low) - value) <= Math.abs(convert(high) - value) ? low : high;
}

const le16 = (value: number): [number, number] => [value & 255, (value >> 8) & 255];
const msb20 = (value: number): [number, number, number] => [value >> 12, (value >> 4) & 255, (value & 15) << 4];

/** A register file behind a pointer; `measure` fills in what a forced conversion gives, and says how long it takes in ms. */
export function registerFile(
  preset: Readonly<Record<number, readonly number[]>>,
  measure: (registers: Uint8Array, nowMs: number) => number,
  busy: { readonly register: number; readonly bit: number; readonly whenBusy: boolean },
): SimulatedPart {
  const fresh = (): Uint8Array => {
    const registers = new Uint8Array(256);
    for (const [at, bytes] of Object.entries(preset)) registers.set(bytes, Number(at));
    return registers;
  };
  let registers = fresh();
  let pointer = 0;
  let readyMs = 0;
  return {
    write: ([at = 0, ...values], nowMs) => {
      pointer = at;
      for (let i = 0; i < values.length; i += 2) {
        const [address, value] = i === 0 ? [at, values[0] ?? 0] : [values[i - 1] ?? 0, values[i] ?? 0];
        if (address === 0xe0 && value === 0xb6) registers = fresh();
        else registers[address] = value;
        if ((address === 0xf4 || address === 0x74) && (value & 3) === 1) readyMs = nowMs + measure(registers, nowMs);
      }
      return true;
    },
    read: (length, nowMs) => {
      const isBusy = nowMs < readyMs;
      return Uint8Array.from({ length }, (_, i) => {
        const at = (pointer + i) & 255;
        const value = registers[at] ?? 0;
        if (at !== busy.register) return value;
        return isBusy === busy.whenBusy ? value | busy.bit : value & ~busy.bit;
      });
    },
  };
}

/** The trimming values of the datasheet's own example (BST-BMP280-DS001, 3.12), with humidity of a part at hand. */
const trim = {
  t: [27504, 26435, -1000],
  p: [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000],
  h: [75, 353, 0, 340, 0, 30],
} as const;

/** The floating-point forms of BST-BME280-DS001, section 8.1. */
const fine = (adc: number): number => {
  const [t1, t2, t3] = trim.t;
  return (adc / 16384 - t1 / 1024) * t2 + (adc / 131072 - t1 / 8192) ** 2 * t3;
};
function pressure(adc: number, tFine: number): number {
  const [p1, p2, p3, p4, p5, p6, p7, p8, p9] = trim.p;
  let first = tFine / 2 - 64000;
  let second = (first * first * p6) / 32768 + first * p5 * 2;
  second = second / 4 + p4 * 65536;
  first = ((p3 * first * first) / 524288 + p2 * first) / 524288;
  first = (1 + first / 32768) * p1;
  const p = ((1048576 - adc - second / 4096) * 6250) / first;
  return p + ((p9 * p * p) / 2147483648 + (p * p8) / 32768 + p7) / 16;
}
function humidity(adc: number, tFine: number): number {
  const [h1, h2, h3, h4, h5, h6] = trim.h;
  const base = tFine - 76800;
  const straight =
    (adc - (h4 * 64 + (h5 / 16384) * base)) *
    ((h2 / 65536) * (1 + (h6 / 67108864) * base * (1 + (h3 / 67108864) * base)));
  return straight * (1 - (h1 * straight) / 524288);
}

/** A BME280 (chip id 0x60) or BMP280 (0x58). */
export function simulatedBme280(model: 'bme280' | 'bmp280', air: (nowMs: number) => BoschAir): SimulatedPart {
  const [h1, h2, h3, h4, h5, h6] = trim.h;
  const low = [...trim.t, ...trim.p].flatMap(le16);
  const high = [...le16(h2), h3, h4 >> 4, (h4 & 15) | ((h5 & 15) << 4), h5 >> 4, h6];
  const unmeasured = [0x80, 0, 0, 0x80, 0, 0, 0x80, 0];
  const preset = {
    136: low,
    208: [model === 'bme280' ? 0x60 : 0x58],
    247: unmeasured,
    ...(model === 'bme280' ? { 161: [h1], 225: high } : {}),
  };
  const measure = (registers: Uint8Array, nowMs: number): number => {
    const { temperatureC, pressurePa, relativePercent } = air(nowMs);
    const t = readingOf(temperatureC, 0xfffff, (adc) => fine(adc) / 5120);
    const p = readingOf(pressurePa, 0xfffff, (adc) => pressure(adc, fine(t)));
    registers.set([...msb20(p), ...msb20(t)], 0xf7);
    const h = readingOf(relativePercent, 0xffff, (adc) => humidity(adc, fine(t)));
    // Without its oversampling set, humidity is skipped (section 5.4.3).
    if (model === 'bme280' && (registers[0xf2] ?? 0) > 0) registers.set([h >> 8, h & 255], 0xfd);
    return 9;
  };
  return registerFile(preset, measure, { register: 0xf3, bit: 0x08, whenBusy: true });
}
