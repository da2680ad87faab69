/** Every case of the captures, with the same models and options, over the kernel's own drivers: the first look of each. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { I2c } from '../../daemons/core/ports/i2c.ts';
import type { Serial } from '../../daemons/core/ports/serial.ts';
import { type I2cCase, i2cParts } from '../captures/i2c-parts.ts';
import { type SerialCase, type SerialDevice, serialParts } from '../captures/serial-parts.ts';
import { type Bench, look, openLine, sensorOn } from './kernel.ts';
import type { Wired } from './usb-models.ts';

export interface Said {
  readonly part: string;
  readonly name: string;
  readonly first: unknown;
}

interface Job<C> {
  readonly part: string;
  readonly name: string;
  readonly one: C;
}

const jobsOf = <C>(parts: Readonly<Record<string, Readonly<Record<string, C>>>>): Job<C>[] =>
  Object.entries(parts).flatMap(([part, cases]) => Object.entries(cases).map(([name, one]) => ({ part, name, one })));

/** Shares jobs among benches: each takes the next when it is done. */
async function shared<J, B>(
  jobs: readonly J[],
  benches: readonly B[],
  work: (job: J, bench: B) => Promise<Said>,
): Promise<Said[]> {
  const waiting = [...jobs];
  const said: Said[] = [];
  await Promise.all(
    benches.map(async (bench) => {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) said.push(await work(job, bench));
    }),
  );
  return said;
}

/** Parts that take seconds of their own time go first. */
const slow: ReadonlySet<string> = new Set(['sgp4x', 'scd4x']);

export const i2cCases = (benches: readonly Bench<I2c, Wired>[]): Promise<Said[]> =>
  shared<Job<I2cCase>, Bench<I2c, Wired>>(
    // The normal cases are read on one bus, all at once.
    jobsOf(i2cParts)
      .filter(({ name }) => name !== 'normal')
      .toSorted((a, b) => Number(slow.has(b.part)) - Number(slow.has(a.part))),
    benches,
    async ({ part, name, one }, { port, put }) => {
      put({ parts: one.parts(), ...(one.spoil ? { spoil: one.spoil } : {}) });
      return { part, name, first: await look(sensorOn(part, one.options, port)) };
    },
  );

/** A device all of whose words are spoiled. */
const spoiled = (device: SerialDevice, spoil: (bytes: Uint8Array) => Uint8Array): SerialDevice => ({
  receive: (bytes) => device.receive(bytes).map(spoil),
  tick: () => {
    const said = device.tick?.();
    return said ? spoil(said) : null;
  },
});

const half = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length >> 1);
/** Besides the cases of its captures each serial part says only the first half of everything. */
const halves = Object.entries(serialParts).flatMap(([part, { normal }]) =>
  normal ? [{ part, name: 'half', one: { ...normal, spoil: half } }] : [],
);

const mark = Buffer.from('\0all was heard\0');
/** Takes what the instrument of the case before said and nobody read: an echo comes behind it. */
async function forgotten(port: Serial, put: (device: SerialDevice) => void): Promise<void> {
  put({ receive: (bytes) => [bytes] });
  await port.transact(async (line) => {
    await line.write(mark);
    let heard = Buffer.alloc(0);
    while (!heard.includes(mark)) heard = Buffer.concat([heard, await line.read(10_000)]);
  });
}

export const serialCases = (benches: readonly Bench<Serial, SerialDevice | null>[]): Promise<Said[]> =>
  shared<Job<SerialCase>, Bench<Serial, SerialDevice | null>>(
    [...jobsOf(serialParts), ...halves],
    benches,
    async ({ part, name, one }, { port, put }) => {
      await forgotten(port, put);
      const device = one.device?.() ?? null;
      put(device && spoiled(device, one.spoil ?? ((bytes) => bytes)));
      return { part, name, first: await look(sensorOn(part, one.options, device ? port : openLine('ttyACM9'))) };
    },
  );

export interface Together {
  readonly part: string;
  readonly looks: number;
  /** What it said, each different thing once. */
  readonly said: readonly unknown[];
}

const longest = 'sgp4x';

/** All I2C parts on one bus, read at once by their own drivers until the one that wakes up longest was read twice. */
export async function together({ port, put }: Pick<Bench<I2c, Wired>, 'port' | 'put'>): Promise<Together[]> {
  const normal = Object.entries(i2cParts).flatMap(([part, cases]) => (cases.normal ? [{ part, ...cases.normal }] : []));
  put({ parts: new Map(normal.flatMap(({ parts }) => [...parts()])) });
  let longestLooks = 0;
  return Promise.all(
    normal.map(async ({ part, options }) => {
      const driver = sensorOn(part, options, port);
      const said = new Set<string>();
      let looks = 0;
      do {
        said.add(JSON.stringify(await look(driver)));
        looks += 1;
        if (part === longest) longestLooks = looks;
        await sleep(50);
      } while (longestLooks < 2);
      return { part, looks, said: [...said].map((text) => JSON.parse(text)) };
    }),
  );
}
