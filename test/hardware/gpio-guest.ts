/**
 * Runs as root in the User-Mode-Linux kernel: both adapters of GPIO lines on the kernel's simulated chips. Its last line is
 * JSON; gpio-bench.test.ts asserts on it.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openGpioChardev } from '../../daemons/core/adapters/gpio.chardev.ts';
import { openGpioOnoff } from '../../daemons/core/adapters/gpio.onoff.ts';
import type { Gpio } from '../../daemons/core/ports/gpio.ts';
import {
  closed,
  type Dock,
  debounced,
  edges,
  gone,
  levels,
  outcome,
  outputs,
  overBeforeSeen,
  take,
} from './gpio-cases.ts';
import { simulatedChip } from './gpio-sim.ts';

const clock = systemClock();
const label = 'dock-gpio';
const chip = simulatedChip('dock', {
  ...{ label, lines: 8, names: { 3: 'lid-closed', 4: 'twice' }, held: { 7: 'lamp-of-the-kernel' } },
});
const [one, other] = ['one', 'other'].map((id) =>
  simulatedChip(id, { label: 'same-label', lines: 4, names: id === 'one' ? { 0: 'twice' } : {} }),
);
const line = (offset: number) => ({ chip: label, offset });

/** Requests that must be refused, each with a sentence. */
async function refusals(gpio: Gpio) {
  const asked = {
    name: { name: 'no-such-line' },
    twice: { name: 'twice' },
    'empty name': { name: '' },
    label: { chip: 'no-such-chip', offset: 0 },
    'two chips': { chip: 'same-label', offset: 0 },
    offset: line(8),
    'offset below 0': line(-1),
    kernel: line(7),
  };
  const said: Record<string, unknown> = {};
  for (const [name, address] of Object.entries(asked)) {
    said[name] = await outcome(async () => {
      await (await gpio.input(address)).close();
      return 'given';
    });
  }
  return said;
}

async function both(gpio: Gpio) {
  const dock: Dock = { gpio, chip, line };
  return {
    levels: await levels(dock),
    outputs: await outputs(dock),
    edges: await edges(dock, false),
    inverted: await edges(dock, true),
    debounced: await debounced(dock),
    overBeforeSeen: await overBeforeSeen(dock),
    closed: await closed(dock),
    refusals: await refusals(gpio),
    noEdges: await outcome(async () => {
      const input = await gpio.input(line(1), { edges: false });
      try {
        return input.edges();
      } finally {
        await input.close();
      }
    }),
    pullUp: await outcome(async () => {
      const input = await gpio.input(line(6), { bias: 'pull-up' });
      const level = await input.read();
      await input.close();
      return level;
    }),
  };
}

/** More edges than the kernel keeps, taken by nobody in time: what is told and what is said to be missed. */
async function unread(gpio: Gpio) {
  // The simulator makes one edge of all pulls between two ticks (100 a second): so many seconds are twice what the kernel keeps.
  const forMs = 6000;
  chip.pull(1, false);
  const input = await gpio.input(line(1));
  // Without a pause in which this process could take any: an even number of pulls, which ends low.
  for (const from = performance.now(); performance.now() - from < forMs; )
    for (const up of [true, false]) chip.pull(1, up);
  // The last is told by its time, not by its number.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const before = Number(process.hrtime.bigint());
  chip.pull(1, true);
  const seen: { level: boolean; missed: number }[] = [];
  for await (const { level, missed, at } of input.edges()) {
    seen.push({ level, missed: missed ?? Number.NaN });
    if (at.monoNs >= before) break;
  }
  await input.close();
  return {
    told: seen.length,
    missedFirst: seen[0]?.missed,
    missedLater: seen.slice(1).reduce((sum, { missed }) => sum + missed, 0),
    last: seen.at(-1)?.level,
  };
}

/** A worker that ends while it watches a line and holds another: both are free at once. */
async function leftByWorker(gpio: Gpio) {
  const worker = new Worker(path.join(import.meta.dirname, 'gpio-worker.ts'), { workerData: { label } });
  await new Promise((resolve) => worker.once('message', resolve));
  const held = await outcome(() => gpio.input(line(1)));
  await worker.terminate();
  for (const offset of [1, 2]) await (await gpio.input(line(offset))).close();
  return held;
}

const chardev = openGpioChardev(clock);
const onoff = openGpioOnoff(clock);
const byName = await chardev.input({ name: 'lid-closed' }, { debounceMs: 5 });
chip.pull(3, true);
const named = (await take(byName, 1)).map(({ level }) => level);
const heldFromSysfs = await outcome(() => onoff.input(line(3)));
await byName.close();

const fuzz = spawnSync(
  process.execPath,
  [path.join(import.meta.dirname, '../support/fuzz-addon.ts'), '2000', '1', chip.file],
  {
    encoding: 'utf8',
  },
);
const report = {
  named,
  heldFromSysfs,
  chardev: await both(chardev),
  onoff: await both(onoff),
  unread: await unread(chardev),
  leftByWorker: await leftByWorker(chardev),
  fuzz: fuzz.status === 0 ? JSON.parse(fuzz.stdout) : { ...fuzz, output: null },
  gone: {
    chardev: await gone({ gpio: chardev, chip, line }),
    onoff: await gone({ gpio: onoff, chip, line }),
  },
};
await chardev.close();
await onoff.close();
for (const one_ of [chip, one, other]) one_?.leave();
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(0);
