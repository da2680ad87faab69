/**
 * Makes the first captures from simulated parts: `fieldpost record` makes one on a box. Every capture made here says
 * that it is simulated. `expected.jsonl` is what the driver said: compare it with `truth` below before keeping it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { recordI2c } from '../../daemons/core/adapters/i2c.record.ts';
import { recordSerial } from '../../daemons/core/adapters/serial.record.ts';
import { Fault, isFault } from '../../daemons/core/ports/fault.ts';
import type { I2c } from '../../daemons/core/ports/i2c.ts';
import type { Serial } from '../../daemons/core/ports/serial.ts';
import { driverOf } from '../../daemons/gas/drivers.ts';
import { benchBus, benchClock } from '../../daemons/tools/evaluate/i2c-bench.ts';
import { simulatedAds1115 } from '../../daemons/tools/simulate/devices/ads1115.ts';
import { floatRegisters, modbusServer } from '../../daemons/tools/simulate/devices/modbus.ts';
import { simulatedSht4x } from '../../daemons/tools/simulate/devices/sht4x.ts';
import { winsenModule } from '../../daemons/tools/simulate/devices/winsen.ts';

const truth = { mv: [812.5, 1234.375], temperatureC: 23.4, relativePercent: 41.5, ammonia: 17.25, tenths: 123 };
type Case = 'normal' | 'corrupt' | 'absent';
const flip = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes, (byte, i) => (i === 4 ? byte ^ 0x10 : byte));

function bus(name: Case, clock: ReturnType<typeof benchClock>): I2c {
  const parts = new Map([
    [0x48, simulatedAds1115((channel) => (name === 'corrupt' ? 9000 : (truth.mv[channel] ?? 0)))],
    [0x44, simulatedSht4x(() => truth)],
  ]);
  const made = benchBus(name === 'absent' ? new Map() : parts, clock);
  const spoil = (bytes: Uint8Array): Uint8Array => (name === 'corrupt' && bytes.length === 6 ? flip(bytes) : bytes);
  return { ...made, read: async (address, length) => spoil(await made.read(address, length)) };
}

function line(name: Case, answers: (bytes: Uint8Array) => Uint8Array[], clock: ReturnType<typeof benchClock>): Serial {
  let waiting: Uint8Array[] = [];
  return {
    transact: async (work) => {
      if (name === 'absent') throw new Fault('absent', 'unplugged');
      return work({
        write: async (bytes) => {
          waiting = answers(bytes).map((one) => (name === 'corrupt' ? flip(one) : one));
        },
        read: async (timeoutMs) => {
          await clock.sleep(waiting.length > 0 ? 5 : timeoutMs, 'line');
          const [first, ...rest] = waiting;
          waiting = rest;
          if (!first) throw new Fault('timeout', 'nothing came');
          return first;
        },
        discard: () => {
          waiting = [];
        },
      });
    },
    close: async () => {},
  };
}

const options: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ads1115: { address: 0x48, fullScaleMv: 2048, rate: 128, channels: ['a0', 'a1'] },
  sht4x: { address: 0x44, precision: 'high' },
  'modbus-analyzer': {
    unit: 7,
    timeoutMs: 500,
    channels: [
      { name: 'ammonia', register: 0, table: 'input', type: 'f32', unit: 'ppm', range: [-5, 500] },
      { name: 'cell-temperature', register: 2, table: 'input', type: 'i16', scale: 0.1, unit: 'C', range: [-40, 85] },
    ],
  },
  winsen: { mode: 'ask', channel: 'ammonia', unit: 'ppm', scale: 0.1, range: [0, 100], warmUpS: 3, timeoutMs: 1000 },
};
const models: Readonly<Record<string, () => (bytes: Uint8Array) => Uint8Array[]>> = {
  'modbus-analyzer': () =>
    modbusServer({
      unit: 7,
      register: (_table, address) => [...floatRegisters(truth.ammonia), 234][address] ?? null,
    }),
  winsen: () => winsenModule(() => truth.tenths).receive,
};

async function make(part: string, name: Case): Promise<void> {
  const lines: string[] = [];
  const said: unknown[] = [];
  const clock = benchClock(1_767_225_600_000);
  const what = { part, sensor: `simulated-${part}`, options: options[part] ?? {}, simulated: true };
  const sink = (text: string): void => void lines.push(text);
  const model = models[part];
  const port = model
    ? recordSerial(line(name, model(), clock), what, sink, clock)
    : recordI2c(bus(name, clock), what, sink, clock);
  const look = async (work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => {
      if (!isFault(error)) throw error;
      said.push({ fault: error.kind });
    });
  await look(async () => {
    const driver = await driverOf(part, part).bind(part, what.options).open(port, clock);
    for (let i = 0; i < 3; i++) {
      await look(async () => void said.push(await driver.read()));
      await clock.sleep(2000, 'period');
    }
  });
  const folder = path.join(import.meta.dirname, part, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'capture.jsonl'), `${lines.join('\n')}\n`);
  writeFileSync(path.join(folder, 'expected.jsonl'), `${said.map((one) => JSON.stringify(one)).join('\n')}\n`);
}

for (const part of Object.keys(options))
  for (const name of ['normal', 'corrupt', 'absent'] as const) await make(part, name);
