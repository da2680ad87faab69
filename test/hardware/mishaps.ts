/** What goes wrong on a bus, as the kernel tells it: each part is read through it, and again when all is well. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sample } from '../../daemons/core/flow/sample.ts';
import type { I2c } from '../../daemons/core/ports/i2c.ts';
import type { Serial } from '../../daemons/core/ports/serial.ts';
import { inputNames } from '../../daemons/gas/drivers/ads1115.ts';
import { type SimulatedPart, simulatedAds1115 } from '../../daemons/tools/simulate/devices/ads1115.ts';
import { simulatedSgp4x } from '../../daemons/tools/simulate/devices/sensirion-gas.ts';
import { simulatedSht4x } from '../../daemons/tools/simulate/devices/sht4x.ts';
import { i2cParts } from '../captures/i2c-parts.ts';
import { type SerialDevice, serialParts } from '../captures/serial-parts.ts';
import { type Bench, clock, look, sensorOn } from './kernel.ts';
import type { Wired } from './usb-models.ts';

type Bus = Bench<I2c, Wired>;
type Line = Bench<Serial, SerialDevice | null>;

const climate = (): SimulatedPart => simulatedSht4x(() => ({ temperatureC: 23.4, relativePercent: 41.5 }));
const sht4x = { address: 0x44, precision: 'high' };
const converter = { address: 0x48, fullScaleMv: 2048, rate: 128, channels: ['a0'] };
const wiredTo = (sht: SimulatedPart, more: Partial<Wired> = {}): Wired => ({
  parts: new Map([
    [0x44, sht],
    [0x48, simulatedAds1115(() => 812.5)],
  ]),
  ...more,
});
const readsNothing = (part: SimulatedPart): SimulatedPart => ({ ...part, read: () => null });
/** It knows its address and refuses what is written to its registers. */
const refuses = (part: SimulatedPart): SimulatedPart => ({
  ...part,
  write: (bytes, nowMs) => bytes.length < 2 && part.write(bytes, nowMs),
});
const neverDone = (part: SimulatedPart): SimulatedPart => ({
  ...part,
  read: (length, nowMs) => part.read(length, nowMs)?.map((byte, i) => (i === 0 ? byte & 0x7f : byte)) ?? null,
});
const ofSix =
  (change: (bytes: Uint8Array) => Uint8Array) =>
  (bytes: Uint8Array): Uint8Array =>
    bytes.length === 6 ? change(bytes) : bytes;

/** An i2c-tiny-usb: what each mishap is told as, then what the parts say when it is over. */
export async function tinyMishaps({ port, put }: Bus): Promise<Readonly<Record<string, unknown>>> {
  const climateDriver = sensorOn('sht4x', sht4x, port);
  const adcDriver = sensorOn('ads1115', converter, port);
  const onClimate = (wired: Wired): Promise<unknown> => {
    put(wired);
    return look(climateDriver);
  };
  const onAdc = (part: SimulatedPart): Promise<unknown> => {
    put({ parts: new Map([[0x48, part]]) });
    return look(adcDriver);
  };
  const adc = (): SimulatedPart => simulatedAds1115(() => 812.5);
  return {
    'nobody at the address': await onClimate({ parts: new Map() }),
    'NACK to the read': await onClimate(wiredTo(readsNothing(climate()))),
    'NACK to the data of a write': await onAdc(refuses(adc())),
    'a flipped bit': await onClimate(
      wiredTo(climate(), { spoil: ofSix((bytes) => bytes.map((byte, i) => (i === 3 ? byte ^ 1 : byte))) }),
    ),
    'half an answer, then an idle bus': await onClimate(
      wiredTo(climate(), { spoil: ofSix((bytes) => bytes.map((byte, i) => (i < 3 ? byte : 0xff))) }),
    ),
    'half an answer of the adapter': await onClimate(
      wiredTo(climate(), { spoil: ofSix((bytes) => bytes.subarray(0, 3)) }),
    ),
    'a conversion that never ends': await onAdc(neverDone(adc())),
    'all is well, climate': await onClimate(wiredTo(climate())),
    'all is well, converter': await onAdc(adc()),
  };
}

/** An MCP2221: its engine gives up on a part that stretches the clock for ever. `stretch` turns that on and off. */
export async function stretchMishaps({ port, put }: Bus, stretch: (how: (write: boolean) => boolean) => void) {
  const driver = sensorOn('sht4x', sht4x, port);
  put(wiredTo(climate()));
  const well = await look(driver);
  put({ parts: new Map() });
  const nobody = await look(driver);
  put(wiredTo(climate()));
  stretch((write) => write);
  const inWrite = await look(driver);
  stretch((write) => !write);
  const inRead = await look(driver);
  stretch(() => false);
  return { well, nobody, inWrite, inRead, again: await look(driver) };
}

const held = [123.4, 201.7, 0, 240.2];

/** Every input at every gain, from a converter whose oscillator is as slow as its datasheet allows. */
export async function gains({ port, put }: Bus) {
  put({ parts: new Map([[0x48, simulatedAds1115((channel) => held[channel] ?? 0, 0.9)]]) });
  const found: { fullScaleMv: number; said: unknown }[] = [];
  for (const fullScaleMv of [6144, 4096, 2048, 1024, 512, 256])
    found.push({
      fullScaleMv,
      said: await look(sensorOn('ads1115', { address: 0x48, fullScaleMv, rate: 250, channels: [...inputNames] }, port)),
    });
  return found;
}

/** An SGP40 beside an SHT4x whose air becomes humid, and then beside none. */
export async function humidity({ port, put }: Bus) {
  const air = { temperatureC: 25, relativePercent: 20 };
  const sgp = simulatedSgp4x({ model: 'sgp40', voc: 30_000, nox: 0, selfTest: 0xd400 });
  put({
    parts: new Map([
      [0x59, sgp],
      [0x44, simulatedSht4x(() => air)],
    ]),
  });
  const driver = sensorOn('sgp4x', { model: 'sgp40', warmUpS: 0, climate: { sht4x: 0x44 } }, port);
  const dry = await look(driver);
  air.relativePercent = 80;
  const humid = await look(driver);
  put({ parts: new Map([[0x59, sgp]]) });
  return { dry, humid, alone: await look(driver) };
}

/** What a sensor of the gas daemon gave, look after look, equal ones in a row once. */
async function watch(part: string, options: Readonly<Record<string, unknown>>, bench: Bus | Line, pull: () => void) {
  const driver = sensorOn(part, options, bench.port);
  const ends = new AbortController();
  const said: string[] = [];
  let pulled = false;
  let pluggedAgain: Promise<void> | null = null;
  const line = sample({
    ...{ sensor: part, driver, periodMs: 20, clock, signal: ends.signal, always: [] },
    onChange: () => {},
  });
  for await (const batch of line) {
    const text = JSON.stringify(batch.map(({ value, flags }) => ({ value, flags })));
    if (said.at(-1) !== text) said.push(text);
    const good = batch.every(({ value, flags }) => value !== null && flags.length === 0);
    if (good && !pulled) {
      pulled = true;
      pull();
    } else if (!good && pulled) pluggedAgain ??= bench.again();
    else if (good && pluggedAgain) ends.abort();
  }
  await pluggedAgain;
  return said.map((one) => JSON.parse(one));
}

/** Pulled while the plate of a BME688 is heated; what comes back has lost its power. */
export async function pulledInHeating(bench: Bus) {
  const { options = {}, parts = () => new Map() } = i2cParts.bme68x?.normal ?? {};
  bench.put({ parts: parts() });
  return watch('bme68x', options, bench, () => {
    void sleep(60).then(() => {
      bench.unplug();
      bench.put({ parts: parts() });
    });
  });
}

/** Pulled in the middle of a frame; the instrument that comes back is as it was delivered. */
export async function pulledInFrame(part: 'winsen' | 'modbus-analyzer', bench: Line) {
  const one = serialParts[part]?.[part === 'winsen' ? 'active' : 'normal'];
  const device = (): SerialDevice => {
    if (!one?.device) throw new Error(`no device for ${part}`);
    return one.device();
  };
  let cut = false;
  const broken = (inner: SerialDevice): SerialDevice => {
    const pass = (bytes: Uint8Array): Uint8Array => {
      if (!cut) return bytes;
      cut = false;
      setImmediate(() => {
        bench.unplug();
        bench.put(broken(device()));
      });
      return bytes.subarray(0, 5);
    };
    return {
      receive: (bytes) => inner.receive(bytes).map(pass),
      tick: () => {
        const said = inner.tick?.();
        return said ? pass(said) : null;
      },
    };
  };
  bench.put(broken(device()));
  return watch(part, { ...one?.options, ...(part === 'winsen' ? { warmUpS: 0 } : {}) }, bench, () => {
    cut = true;
  });
}
