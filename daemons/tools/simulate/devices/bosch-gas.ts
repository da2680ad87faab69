/** Bosch BME680 and BME688, with the integer forms of their compensation: the drivers use the floating-point ones. */
import type { SimulatedPart } from './ads1115.ts';
import { type BoschAir, readingOf, registerFile } from './bosch.ts';

/** Trimming values of a real BME680, as its owner printed them; those of gas and heater are plausible. */
const trim = {
  t: [26203, 26519, 3],
  p: [35008, -10284, 88, 9692, -202, 30, 24, -516, -3469, 30],
  h: [794, 1007, 0, 45, 20, 120, -100],
  g: [-30, -5969, 18],
  heatRange: 1,
  heatValue: 50,
} as const;

const div = (a: number, b: number): number => Math.trunc(a / b);
const shift = (a: number, bits: number): number => Math.floor(a / 2 ** bits);

function fine(adc: number): number {
  const [t1, t2, t3] = trim.t;
  const apart = shift(adc, 3) - t1 * 2;
  return shift(apart * t2, 11) + shift(shift(shift(apart, 1) ** 2, 12) * t3 * 16, 14);
}

function pressure(adc: number, tFine: number): number {
  const [p1, p2, p3, p4, p5, p6, p7, p8, p9, p10] = trim.p;
  const base = shift(tFine, 1) - 64000;
  const square = shift(base, 2) ** 2;
  const offset = shift(shift(shift(square, 11) * p6, 2) + base * p5 * 2, 2) + p4 * 65536;
  const slope = shift((32768 + shift(shift(shift(square, 13) * p3 * 32, 3) + shift(p2 * base, 1), 18)) * p1, 15);
  const rough = div((1048576 - adc - shift(offset, 12)) * 3125 * 2, slope);
  const bend = shift(p9 * shift(shift(rough, 3) ** 2, 13), 12);
  const lean = shift(shift(rough, 2) * p8, 13);
  const cube = shift(shift(rough, 8) ** 3 * p10, 17);
  return rough + shift(bend + lean + cube + p7 * 128, 4);
}

function humidity(adc: number, tFine: number): number {
  const [h1, h2, h3, h4, h5, h6, h7] = trim.h;
  const t = shift(tFine * 5 + 128, 8);
  const first = adc - h1 * 16 - shift(div(t * h3, 100), 1);
  const second = shift(h2 * (div(t * h4, 100) + div(shift(t * div(t * h5, 100), 6), 100) + 16384), 10);
  const straight = first * second;
  const bend = shift(h6 * 128 + div(t * h7, 100), 4);
  return shift(shift(straight + shift(bend * shift(shift(straight, 14) ** 2, 10), 1), 10) * 1000, 12) / 1000;
}

/** Table 16 in its integer form, of the ranges whose first constant is not 2147483647. */
const first: Readonly<Record<number, number>> = {
  5: 2126008810,
  7: 2130303777,
  10: 2143188679,
  11: 2136746228,
  13: 2126008810,
};
const second = [
  4096000000, 2048000000, 1024000000, 512000000, 255744255, 127110228, 64000000, 32258064, 16016016, 8000000, 4000000,
  2000000, 1000000, 500000, 250000, 125000,
];
function ohmLow(adc: number, range: number): number {
  const scale = shift(1340 * (first[range] ?? 2147483647), 16);
  return div(
    shift((second[range] ?? 0) * scale, 9) + shift(adc * 32768 - 16777216 + scale, 1),
    adc * 32768 - 16777216 + scale,
  );
}
const ohmHigh = (adc: number, range: number): number => (1e6 * (262144 >> range)) / (4096 + 3 * (adc - 512));

/** The range and reading whose resistance comes nearest. */
function gasReading(ohm: number, convert: (adc: number, range: number) => number): readonly [number, number] {
  let best: readonly [number, number] = [0, 0];
  for (let range = 0; range < 16; range++) {
    const adc = readingOf(ohm, 1023, (one) => convert(one, range));
    const off = (pair: readonly [number, number]): number => Math.abs(convert(pair[0], pair[1]) - ohm);
    if (range === 0 || off([adc, range]) < off(best)) best = [adc, range];
  }
  return best;
}

/** A plate is hot after this time in ms. */
const hotMs = 25;

const le16 = (value: number): [number, number] => [value & 255, (value >> 8) & 255];

function memory(model: 'bme680' | 'bme688'): Record<number, number[]> {
  const [p1, p2, p3, p4, p5, p6, p7, p8, p9, p10] = trim.p;
  const [h1, h2, h3, h4, h5, h6, h7] = trim.h;
  const low = [...le16(trim.t[1]), trim.t[2], 0, ...le16(p1), ...le16(p2), p3, 0, ...le16(p4), ...le16(p5), p7, p6];
  const humid = [h2 >> 4, ((h2 & 15) << 4) | (h1 & 15), h1 >> 4, h3, h4, h5, h6, h7];
  return {
    138: [...low, 0, 0, ...le16(p8), ...le16(p9), p10],
    225: [...humid, ...le16(trim.t[0]), ...le16(trim.g[1]), trim.g[0], trim.g[2]],
    0: [trim.heatValue, 0, trim.heatRange << 4, 0, 0],
    208: [0x61],
    240: [model === 'bme688' ? 1 : 0],
  };
}

/** A BME680 or BME688 that heats its plate when it is told to. */
export function simulatedBme68x(model: 'bme680' | 'bme688', air: (nowMs: number) => BoschAir): SimulatedPart {
  const measure = (registers: Uint8Array, nowMs: number): number => {
    const { temperatureC, pressurePa, relativePercent, gasOhm } = air(nowMs);
    const t = readingOf(temperatureC, 0xfffff, (adc) => shift(fine(adc) * 5 + 128, 8) / 100);
    const p = readingOf(pressurePa, 0xfffff, (adc) => pressure(adc, fine(t)));
    const h = readingOf(relativePercent, 0xffff, (adc) => humidity(adc, fine(t)));
    const [adc, range] = gasReading(gasOhm, model === 'bme688' ? ohmHigh : ohmLow);
    const wait = registers[0x64] ?? 0;
    const heatedMs = (wait & 63) * 4 ** (wait >> 6);
    const asked = (registers[0x71] ?? 0) & (model === 'bme688' ? 0x20 : 0x10);
    const off = (registers[0x70] ?? 0) & 0x08;
    const stable = asked && !off && heatedMs >= hotMs && (registers[0x5a] ?? 0) > 0 ? 0x10 : 0;
    const gas = [adc >> 2, ((adc & 3) << 6) | (asked ? 0x20 : 0) | stable | range];
    const climate = [p >> 12, (p >> 4) & 255, (p & 15) << 4, t >> 12, (t >> 4) & 255, (t & 15) << 4, h >> 8, h & 255];
    registers.set([0, 0, ...climate, 0, 0, 0, ...(model === 'bme688' ? [0, 0, ...gas] : [...gas, 0, 0])], 0x1d);
    return 12 + heatedMs;
  };
  return registerFile(memory(model), measure, { register: 0x1d, bit: 0x80, whenBusy: false });
}
