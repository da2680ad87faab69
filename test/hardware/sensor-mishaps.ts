/** What goes wrong with every driver while the gas daemon reads it: on each bus and line, in turns, and what it has to be told as. */
import { type SimulatedPart, simulatedAds1115 } from '../../daemons/tools/simulate/devices/ads1115.ts';
import { simulatedSgp4x } from '../../daemons/tools/simulate/devices/sensirion-gas.ts';
import { simulatedSht4x } from '../../daemons/tools/simulate/devices/sht4x.ts';
import { flipTrim, type I2cCase, i2cParts } from '../captures/i2c-parts.ts';
import { type SerialCase, type SerialDevice, serialParts } from '../captures/serial-parts.ts';
import { atHome, spoiled, spoiledDevice } from './sensor-board.ts';

type Parts = ReadonlyMap<number, SimulatedPart>;

export interface BusWatched {
  readonly part: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly well: () => Parts;
  /** It lost its power. Else parts stay what they are: one that is exchanged between two words of a look is another mishap. */
  readonly renew: () => void;
  /** NACKs of all kinds, each the kernel's ENXIO; the flag is always `nack`. */
  readonly silent: () => Parts;
  /** Bytes that are wrong, and the flag that says so. */
  readonly corrupt: () => Parts;
  readonly corruptFlag: string;
}

export interface LineWatched {
  readonly part: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly well: () => SerialDevice;
  readonly corrupt: () => SerialDevice;
  readonly corruptFlag: string;
}

/** The air at the SHT4x that the SGP40 asks. */
export const air = { temperatureC: 23.4, relativePercent: 41.5 };
const sgp40: I2cCase = {
  options: { model: 'sgp40', climate: { sht4x: 0x44 }, warmUpS: 0 },
  parts: () =>
    new Map([
      [0x59, simulatedSgp4x({ model: 'sgp40', voc: 30_123, nox: 0, selfTest: 0xd400 })],
      [0x44, simulatedSht4x(() => air)],
    ]),
};

const normalOf = (part: string): I2cCase => {
  // The SGP41 conditions its pixel for ten seconds at each start: it is read in the cases of the captures.
  const one = part === 'sgp4x' ? sgp40 : i2cParts[part]?.normal;
  if (!one) throw new Error(`${part} has no normal case`);
  return atHome(part, one);
};

const each =
  (change: (part: SimulatedPart) => SimulatedPart) =>
  (parts: Parts): Parts =>
    new Map([...parts].map(([at, part]) => [at, change(part)]));
const nobody = (): Parts => new Map();
const readsNothing = each((part) => ({ ...part, read: () => null }));
/** It knows its address and refuses what is written to its registers. */
const refuses = each((part) => ({ ...part, write: (bytes, nowMs) => bytes.length < 2 && part.write(bytes, nowMs) }));
const neverDone = each((part) => spoiled(part, (bytes) => bytes.map((byte, i) => (i === 0 ? byte & 0x7f : byte))));
const flipped = (length: number, at: number) =>
  each((part) =>
    spoiled(part, (bytes) => (bytes.length === length ? bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)) : bytes)),
  );
/** Half an answer, then an idle bus. */
const brokenOff = each((part) => spoiled(part, (bytes) => bytes.map((byte, i) => (i < 3 ? byte : 0xff))));
const trimmed = (parts: Parts): Parts => each((part) => spoiled(part, flipTrim()))(parts);
const shorted = (): Parts => new Map([[0x49, simulatedAds1115(() => 6000)]]);

/** Each driver: what answers a NACK in its own way, and what spoils its bytes. The ADS1115 has no checksum: it may not finish. */
const mishaps: Readonly<
  Record<string, { silent?: (well: Parts) => Parts; corrupt: (well: Parts) => Parts; flag: string }>
> = {
  ads1115: { silent: refuses, corrupt: neverDone, flag: 'timeout' },
  'current-loop': { corrupt: shorted, flag: 'instrument-fault' },
  'analog-cell': { corrupt: flipped(6, 4), flag: 'uncompensated' },
  sht4x: { silent: readsNothing, corrupt: brokenOff, flag: 'checksum' },
  sgp4x: { corrupt: flipped(3, 2), flag: 'checksum' },
  scd4x: { corrupt: flipped(9, 4), flag: 'checksum' },
  bme280: { corrupt: trimmed, flag: 'checksum' },
  bme68x: { corrupt: trimmed, flag: 'checksum' },
};

function watched(part: string): BusWatched {
  const { options, parts } = normalOf(part);
  const one = mishaps[part];
  if (!one) throw new Error(`${part}: what goes wrong with it is not in sensor-mishaps.ts`);
  const { silent = nobody, corrupt, flag } = one;
  let now = parts();
  return {
    ...{ part, options, corruptFlag: flag },
    well: () => now,
    renew: () => {
      now = parts();
    },
    silent: () => silent(now),
    corrupt: () => corrupt(now),
  };
}

export const onBuses: readonly BusWatched[] = Object.keys(i2cParts).map(watched);

/** On an adapter that tells a held clock and a lost bus, which is the slower one: two that ask it little. */
export const onOther: readonly BusWatched[] = ['ads1115', 'sht4x'].map(watched);

const flagOfCorrupt: Readonly<Record<string, string>> = { 'ascii-line': 'protocol' };

export const onLines: readonly LineWatched[] = Object.entries(serialParts).map(([part, { normal, corrupt }]) => {
  const deviceOf = (one: SerialCase | undefined): (() => SerialDevice) => {
    if (!one?.device) throw new Error(`${part} has no device`);
    return one.device;
  };
  const [well, wrong] = [deviceOf(normal), deviceOf(corrupt)];
  return {
    part,
    options: { ...normal?.options, ...(part === 'winsen' ? { warmUpS: 0 } : {}) },
    well,
    corrupt: () => spoiledDevice(wrong(), corrupt?.spoil ?? ((bytes) => bytes)),
    corruptFlag: flagOfCorrupt[part] ?? 'checksum',
  };
});

export const half = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length >> 1);
/** It hears and says nothing. */
export const mute: SerialDevice = { receive: () => [] };
