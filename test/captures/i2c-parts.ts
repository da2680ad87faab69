/** The simulated I2C parts of the captures: what each holds, with which options it is read, and what is wrong in each case. */
import { type SimulatedPart, simulatedAds1115 } from '../../daemons/tools/simulate/devices/ads1115.ts';
import { simulatedBme280 } from '../../daemons/tools/simulate/devices/bosch.ts';
import { simulatedBme68x } from '../../daemons/tools/simulate/devices/bosch-gas.ts';
import { simulatedScd4x, simulatedSgp4x } from '../../daemons/tools/simulate/devices/sensirion-gas.ts';
import { simulatedSht4x } from '../../daemons/tools/simulate/devices/sht4x.ts';

export interface I2cCase {
  readonly options: Readonly<Record<string, unknown>>;
  readonly parts: () => ReadonlyMap<number, SimulatedPart>;
  /** What becomes of the bytes that are read. */
  readonly spoil?: (bytes: Uint8Array) => Uint8Array;
  readonly periodMs?: number;
}
type Cases = Readonly<Record<string, I2cCase>>;

const truth = {
  mv: [812.5, 1234.375, -3.25, 40.125],
  temperatureC: 23.4,
  relativePercent: 41.5,
  co2: 640,
  pressurePa: 93_250,
  gasOhm: 84_000,
  voc: 30_123,
  nox: 15_210,
};
/** Longer than any of the parts takes, shorter than the time between two looks of a capture. */
const wakeMs = 1500;
const nobody = (): ReadonlyMap<number, SimulatedPart> => new Map();
const at =
  (address: number, part: () => SimulatedPart): I2cCase['parts'] =>
  () =>
    new Map([[address, part()]]);
/** One bit of the fifth byte of every answer of `length` bytes. */
const flip =
  (length: number) =>
  (bytes: Uint8Array): Uint8Array =>
    bytes.length === length ? Uint8Array.from(bytes, (byte, i) => (i === 4 ? byte ^ 0x10 : byte)) : bytes;

/** A part that was given its power a moment ago: it answers nothing until it is up. */
function wakingUp(part: SimulatedPart): SimulatedPart {
  let firstMs: number | null = null;
  const awake = (nowMs: number): boolean => {
    firstMs ??= nowMs;
    return nowMs - firstMs >= wakeMs;
  };
  return {
    write: (bytes, nowMs) => awake(nowMs) && part.write(bytes, nowMs),
    read: (length, nowMs) => (awake(nowMs) ? part.read(length, nowMs) : null),
  };
}

const ads = { address: 0x48, fullScaleMv: 2048, rate: 128, channels: ['a0', 'a1'] };
const adcPart = (): SimulatedPart => simulatedAds1115((channel) => truth.mv[channel] ?? 0);
const adc = at(0x48, adcPart);
const sht = { address: 0x44, precision: 'high' };
const climate = at(0x44, () => simulatedSht4x(() => truth));
const sgp41 = { model: 'sgp41', climate: { sht4x: 0x44 }, warmUpS: 60 };
const sgp =
  (model: 'sgp40' | 'sgp41', selfTest = 0xd400) =>
  (): ReadonlyMap<number, SimulatedPart> =>
    new Map([
      [0x59, simulatedSgp4x({ model, voc: truth.voc, nox: truth.nox, selfTest })],
      [0x44, simulatedSht4x(() => truth)],
    ]);
const scd = { pressureHpa: 930, warmUpS: 0 };
const co2 = at(0x62, () => simulatedScd4x(() => truth));
const bme = { model: 'bme280', address: 0x76 };
const climateAndPressure = at(0x76, () => simulatedBme280('bme280', () => truth));
const heater = { temperatureC: 320, durationMs: 150 };
const bme688 = { model: 'bme688', address: 0x77, heater };
const heated = at(0x77, () => simulatedBme68x('bme688', () => truth));
/** The bus spoils every second block of trimming values. */
export const flipTrim = (): ((bytes: Uint8Array) => Uint8Array) => {
  let count = 0;
  return (bytes) => (bytes.length > 20 && count++ % 2 === 1 ? flip(bytes.length)(bytes) : bytes);
};
/** Two transmitters: 12 mA, and one in calibration (3.3 mA by its manual), through 100 ohm. */
const loopOf = (name: string, input: string, inhibit: readonly object[] = []) => ({
  ...{ name, input, fullScaleMv: 4096, shuntOhm: 100, unit: 'ppm', at4mA: 0, at20mA: 100, inhibit },
});
const loops = {
  address: 0x49,
  rate: 128,
  loops: [loopOf('ammonia', 'a0'), loopOf('oxygen', 'a1', [{ mA: 3.3, what: 'in calibration' }])],
};
const currents = (first: number, second: number): I2cCase['parts'] =>
  at(0x49, () => simulatedAds1115((channel) => 100 * (channel === 0 ? first : second)));
const cells = {
  address: 0x4a,
  climate: { sht4x: 0x44 },
  cells: [
    {
      ...{ kind: 'pid', name: 'acetone', unit: 'ppm', range: [-1, 500], input: 'a2', fullScaleMv: 4096 },
      ...{ offsetMv: 50, mvPerPpm: 10, lampEv: 10.6, factor: { value: 0.7, source: 'ION Science TA-02' } },
    },
    {
      ...{ kind: 'working-auxiliary', name: 'co', unit: 'ppb', range: [-100, 5000], working: 'a0', auxiliary: 'a1' },
      ...{ fullScaleMv: 1024, weElectronicMv: 300, aeElectronicMv: 300, weZeroMv: 20, aeZeroMv: 10, mvPerUnit: 0.45 },
      ...{ algorithm: 1, factors: [0.7, 0.7, 0.7, 0.7, 1, 3, 3.5, 4, 4.5] },
    },
  ],
};
const electrodes = (withClimate: boolean) => (): ReadonlyMap<number, SimulatedPart> =>
  new Map([
    [0x4a, simulatedAds1115((channel) => [525, 310, 450, 0][channel] ?? 0)],
    ...(withClimate ? ([[0x44, simulatedSht4x(() => truth)]] as const) : []),
  ]);

export const i2cParts: Readonly<Record<string, Cases>> = {
  ads1115: {
    normal: { options: ads, parts: adc },
    corrupt: { options: ads, parts: at(0x48, () => simulatedAds1115(() => 9000)) },
    absent: { options: ads, parts: nobody },
    'warming-up': { options: ads, parts: at(0x48, () => wakingUp(adcPart())) },
    differential: {
      options: { ...ads, channels: ['a0-a1', 'a2-a3', 'a3'], fullScales: { 'a2-a3': 256, a3: 256 } },
      parts: adc,
    },
  },
  'current-loop': {
    normal: { options: loops, parts: currents(12, 8) },
    fault: { options: loops, parts: currents(3.6, 21) },
    'warming-up': { options: loops, parts: currents(3.7, 3.3) },
    corrupt: { options: loops, parts: currents(60, -60) },
    absent: { options: loops, parts: nobody },
  },
  'analog-cell': {
    normal: { options: cells, parts: electrodes(true) },
    // The cell reads; what compensates it is not up yet.
    'warming-up': {
      options: cells,
      parts: () => new Map([...electrodes(false)(), [0x44, wakingUp(simulatedSht4x(() => truth))]]),
    },
    'no-climate': { options: cells, parts: electrodes(false) },
    corrupt: { options: cells, parts: electrodes(true), spoil: flip(6) },
    absent: { options: cells, parts: nobody },
  },
  sht4x: {
    normal: { options: sht, parts: climate },
    'warming-up': { options: sht, parts: at(0x44, () => wakingUp(simulatedSht4x(() => truth))) },
    corrupt: { options: sht, parts: climate, spoil: flip(6) },
    absent: { options: sht, parts: nobody },
  },
  sgp4x: {
    normal: { options: { ...sgp41, warmUpS: 0 }, parts: sgp('sgp41') },
    sgp40: { options: { model: 'sgp40', warmUpS: 0 }, parts: sgp('sgp40') },
    'warming-up': { options: { ...sgp41, warmUpS: 3 }, parts: sgp('sgp41') },
    corrupt: { options: { ...sgp41, climate: undefined }, parts: sgp('sgp41'), spoil: flip(6) },
    'broken-pixel': { options: sgp41, parts: sgp('sgp41', 0x4b00) },
    absent: { options: sgp41, parts: nobody },
  },
  scd4x: {
    normal: { options: scd, parts: co2, periodMs: 5000 },
    'warming-up': { options: { warmUpS: 8 }, parts: co2, periodMs: 5000 },
    corrupt: { options: scd, parts: co2, spoil: flip(9), periodMs: 5000 },
    absent: { options: scd, parts: nobody, periodMs: 5000 },
  },
  bme280: {
    normal: { options: bme, parts: climateAndPressure },
    'warming-up': { options: bme, parts: at(0x76, () => wakingUp(simulatedBme280('bme280', () => truth))) },
    bmp280: {
      options: { model: 'bmp280', address: 0x76 },
      parts: at(0x76, () => simulatedBme280('bmp280', () => truth)),
    },
    'another-part': { options: { ...bme, model: 'bmp280' }, parts: climateAndPressure },
    corrupt: { options: bme, parts: climateAndPressure, spoil: flipTrim() },
    absent: { options: bme, parts: nobody },
  },
  bme68x: {
    normal: { options: bme688, parts: heated },
    bme680: {
      options: { ...bme688, model: 'bme680' },
      parts: at(0x77, () => simulatedBme68x('bme680', () => truth)),
    },
    'warming-up': { options: { ...bme688, heater: { ...heater, durationMs: 5 } }, parts: heated },
    corrupt: { options: bme688, parts: heated, spoil: flipTrim() },
    absent: { options: bme688, parts: nobody },
  },
};
