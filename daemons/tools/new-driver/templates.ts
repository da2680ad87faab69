/** The files of a driver that is to be written: each works as it stands, and says what to put in its place. */
export interface Naming {
  /** The part's name in board files, for example `my-sensor`. */
  readonly part: string;
  /** The same in code, for example `mySensor`, and with a capital. */
  readonly camel: string;
  readonly pascal: string;
}

export type PortKind = 'i2c' | 'serial';

export interface Templates {
  readonly driver: (name: Naming) => string;
  readonly device: (name: Naming) => string;
  readonly test: (name: Naming) => string;
  /** Entries of the tables in test/captures, test/gas/drivers/published.ts and test/bench/fuzz.ts. */
  readonly cases: (name: Naming) => string;
  readonly published: (name: Naming) => string;
  readonly fuzzed: (name: Naming) => string;
}

const i2c: Templates = {
  driver: ({ part, camel }) => `/** ${part}: what it measures (datasheet, version). */
import * as z from 'zod';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { Fault } from '../../core/ports/fault.ts';
import { joinFlags } from '../../core/values/flags.ts';
import { readRegisters } from '../registers.ts';

/** Section N: the register of the value, and what one count of it is. */
const valueRegister = 0x00;
const perCount = 0.01;

const config = z.strictObject({
  address: z.int().min(0x08).max(0x77).describe('I2C address'),
  warmUpS: z.int().min(0).max(3600).default(0).describe('seconds after opening before a value counts'),
});
type Config = z.infer<typeof config>;

const channels: readonly Channel[] = [{ name: 'value', unit: '1', range: [0, 600], resolution: perCount }];

/** Two bytes, high one first, to the value. Errors: Fault \`protocol\` for another length. */
export function decode(bytes: Uint8Array): Sample[] {
  if (bytes.length !== 2) throw new Fault('protocol', \`\${bytes.length} bytes; the value has 2\`);
  const value = (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) * perCount;
  return channels.map(({ name, range: [low, high] }) => ({
    channel: name,
    value,
    flags: value < low || value > high ? ['out-of-range'] : [],
  }));
}

export const ${camel}: DriverModule<'i2c', Config> = {
  part: '${part}',
  port: 'i2c',
  config,
  channels: () => channels,
  open: async (bus, { address, warmUpS }, clock) => {
    const warmNs = clock.now().monoNs + warmUpS * 1e9;
    return {
      channels,
      read: async () => {
        const samples = decode(await readRegisters(bus, address, valueRegister, 2));
        if (clock.now().monoNs >= warmNs) return samples;
        return samples.map((one) => ({ ...one, flags: joinFlags(one.flags, ['warming-up']) }));
      },
    };
  },
};
`,
  device: ({ part, pascal }) => `/** ${part} as its datasheet describes it, written apart from the driver. */
import type { SimulatedPart } from './ads1115.ts';

export function simulated${pascal}(value: (nowMs: number) => number): SimulatedPart {
  let pointer = 0;
  return {
    write: ([register = 0]) => {
      pointer = register;
      return true;
    },
    read: (length, nowMs) => {
      const count = pointer === 0 ? Math.round(value(nowMs) * 100) : 0;
      return Uint8Array.from({ length }, (_, i) => (i === 0 ? count >> 8 : i === 1 ? count & 255 : 0));
    },
  };
}
`,
  test: ({ part, camel, pascal }) => `import test from 'ava';
import { decode, ${camel} } from '../../../daemons/gas/drivers/${part}.ts';
import { benchBus, benchClock } from '../../../daemons/tools/evaluate/i2c-bench.ts';
import { simulated${pascal} } from '../../../daemons/tools/simulate/devices/${part}.ts';

test('${part}: a value of another length is none', (t) => {
  t.throws(() => decode(Uint8Array.of(1)), { message: /the value has 2/ });
});

test('${part}: reads what a simulated part holds', async (t) => {
  const clock = benchClock(0);
  const bus = benchBus(new Map([[0x40, simulated${pascal}(() => 12.5)]]), clock);
  const driver = await ${camel}.open(bus, { address: 0x40, warmUpS: 0 }, clock);
  t.deepEqual(await driver.read(), [{ channel: 'value', value: 12.5, flags: [] }]);
});
`,
  cases: ({ part, pascal }) => `  '${part}': {
    normal: { options: { address: 0x40 }, parts: at(0x40, () => simulated${pascal}(() => 12.5)) },
    corrupt: { options: { address: 0x40 }, parts: at(0x40, () => simulated${pascal}(() => 655)) },
    absent: { options: { address: 0x40 }, parts: nobody },
    'warming-up': { options: { address: 0x40, warmUpS: 3 }, parts: at(0x40, () => simulated${pascal}(() => 12.5)) },
  },
`,
  published: ({ part, pascal }) => `  {
    part: '${part}',
    // Put the vector of the datasheet here.
    source: 'datasheet, section N: 0100h is 2.56',
    decode: () => decode${pascal}(bytes('0100')),
    values: [2.56],
    within: 1e-9,
  },
`,
  fuzzed: ({ part, pascal }) => `  { part: '${part}', frame: bytes('0100'), decode: decode${pascal} },
`,
};

const serial: Templates = {
  driver: ({ part, camel }) => `/** ${part}: what it measures (manual, version). */
import * as z from 'zod';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { Fault } from '../../core/ports/fault.ts';
import { joinFlags } from '../../core/values/flags.ts';
import { textLines } from '../text-line.ts';

/** Section N: what is sent for a reading. */
const question = 'R\\r\\n';
const longest = 32;

const config = z.strictObject({
  timeoutMs: z.int().min(20).max(10_000).default(500).describe('milliseconds for a whole answer'),
  warmUpS: z.int().min(0).max(3600).default(0).describe('seconds after opening before a value counts'),
});
type Config = z.infer<typeof config>;

const channels: readonly Channel[] = [{ name: 'value', unit: '1', range: [0, 600], resolution: 0.1 }];

/** One line to the value. Errors: Fault \`protocol\` for a line that is no number. */
export function decode(line: string): Sample[] {
  if (!/^\\d{1,6}(\\.\\d{1,6})?$/.test(line)) throw new Fault('protocol', \`no value: \${JSON.stringify(line)}\`);
  const value = Number(line);
  return channels.map(({ name, range: [low, high] }) => ({
    channel: name,
    value,
    flags: value < low || value > high ? ['out-of-range'] : [],
  }));
}

export const ${camel}: DriverModule<'serial', Config> = {
  part: '${part}',
  port: 'serial',
  config,
  channels: () => channels,
  open: async (port, options, clock) => {
    const lines = textLines({ ...options, clock, longest });
    const warmNs = clock.now().monoNs + options.warmUpS * 1e9;
    return {
      channels,
      read: async () => {
        const samples = await port.transact((line) => lines.answer(line, question, decode));
        if (clock.now().monoNs >= warmNs) return samples;
        return samples.map((one) => ({ ...one, flags: joinFlags(one.flags, ['warming-up']) }));
      },
    };
  },
};
`,
  device: ({ part, pascal }) => `/** ${part} as its manual describes it, written apart from the driver. */
import { answerer, type Talker } from './talkers.ts';

export const simulated${pascal} = (value: () => number): Talker => answerer('R\\r\\n', () => value().toFixed(1));
`,
  test: ({ part, camel, pascal }) => `import test from 'ava';
import { decode, ${camel} } from '../../../daemons/gas/drivers/${part}.ts';
import { benchClock } from '../../../daemons/tools/evaluate/i2c-bench.ts';
import { simulated${pascal} } from '../../../daemons/tools/simulate/devices/${part}.ts';
import { timedLine } from '../../support/timed-line.ts';

test('${part}: a line that is no number is no value', (t) => {
  t.throws(() => decode('1x.5'), { message: /no value/ });
});

test('${part}: reads what a simulated instrument says', async (t) => {
  const clock = benchClock(0);
  const device = simulated${pascal}(() => 12.5);
  const line = timedLine(clock, (written) => device.receive(written).map((bytes) => ({ afterMs: 5, bytes })));
  const driver = await ${camel}.open(line, { timeoutMs: 500, warmUpS: 0 }, clock);
  t.deepEqual(await driver.read(), [{ channel: 'value', value: 12.5, flags: [] }]);
});
`,
  cases: ({ part, pascal }) => `  '${part}': {
    normal: { options: {}, device: () => simulated${pascal}(() => 12.5) },
    corrupt: { options: {}, device: () => simulated${pascal}(() => 12.5), spoil: flipAt(1) },
    absent: { options: {}, device: null },
    'warming-up': { options: { warmUpS: 3 }, device: () => simulated${pascal}(() => 12.5) },
  },
`,
  published: ({ part, pascal }) => `  {
    part: '${part}',
    // Put the example of the manual here.
    source: 'manual, section N: the line 12.5',
    decode: () => decode${pascal}('12.5'),
    values: [12.5],
    within: 0,
  },
`,
  fuzzed: ({
    part,
    pascal,
  }) => `  { part: '${part}', frame: ascii('12.5'), decode: (frame) => decode${pascal}(text(frame)) },
`,
};

export const templates: Readonly<Record<PortKind, Templates>> = { i2c, serial };
