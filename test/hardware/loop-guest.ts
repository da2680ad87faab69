/**
 * Runs as root in the User-Mode-Linux kernel: the gas daemon of a checkpoint as a process whose loop is a line of a simulated chip.
 * Its last line is JSON; gas-bench.test.ts asserts on it.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kept } from '../support/kept.ts';
import { guestBox } from './box-daemon.ts';
import { analyzerQuantity, analyzerSensor, wordyAnalyzer } from './gas-words.ts';
import { simulatedChip } from './gpio-sim.ts';
import { report } from './kernel.ts';

const [program = ''] = process.argv.slice(2);
const offset = 3;
const chip = simulatedChip('post', { label: 'post-gpio', lines: 8, names: { [offset]: 'LOOP' } });
// Stays when the other goes, as the chip of the board itself does when an expander is pulled.
simulatedChip('board', { label: 'board-gpio', lines: 2 });
const analyzer = await wordyAnalyzer();
const loop = {
  ...{ id: 'loop', part: 'vehicle-loop', serial: 'SIM-0002', port: 'gpio' },
  // To ground while occupied, so that the pull decides what a cut wire reads.
  options: {
    line: { name: 'LOOP' },
    activeLow: true,
    bias: 'pull-up',
    debounceMs: 20,
    chatter: { edges: 6, withinS: 10 },
  },
};
const box = guestBox(program, 'gas', {
  board: {
    ports: { serial: { gas: { tcp: analyzer.tcp } } },
    sensors: [analyzerSensor, loop],
    quantities: [analyzerQuantity, { quantity: 'occupied', unit: '1', channel: 'loop/occupied', factory: { u: 0 } }],
  },
  profile: {
    gas: {
      samplePeriodMs: 250,
      telemetry: { batch: 8, holdMs: 0 },
      rules: [],
      passage: {
        ...{ window: 'occupied', value: 'ammonia', unit: 'ppm', lod: 5, lodSource: 'simulated, for this bench' },
        ...{ baselineS: 20, baselineLeast: 4, baselineAtMost: 3, dwellS: 2, delayS: 0.5, purgeS: 0.5, longestS: 30 },
      },
    },
  },
});
const occupied = (is: boolean): void => chip.pull(offset, !is);
let since: Kept | undefined;
const event = (type: string): Promise<unknown> =>
  box.until(({ events }) => events.find((one) => one.type === type)?.detail, since);
const lastOf = ({ measurements }: Kept, name: string) => measurements.findLast(({ quantity }) => quantity === name);
const seen = (level: 0 | 1): Promise<number> =>
  box.until((kept) => {
    const one = lastOf(kept, 'occupied');
    return one?.value === level ? one.at.monoNs : undefined;
  });
/** Resolves when the analyzer was read for so long after the loop was seen at that level. */
async function stands(level: 0 | 1, seconds: number): Promise<void> {
  const from = await seen(level);
  await box.until((kept) => ((lastOf(kept, 'ammonia')?.at.monoNs ?? 0) > from + seconds * 1e9 ? true : undefined));
}

box.start();
await seen(0);
const biased = readFileSync(chip.pullFile(offset), 'utf8').trim();
await stands(0, 4);
occupied(true);
await stands(1, 3);
occupied(false);
const clean = await event('passage');

await stands(0, 5);
since = await box.upToNow();
occupied(true);
await seen(1);
analyzer.put(40);
await box.until((kept) => ((lastOf(kept, 'ammonia')?.value ?? 0) > 30 ? true : undefined));
await stands(1, 3);
occupied(false);
const gas = await event('passage');
analyzer.put(0);

await stands(0, 8);
since = await box.upToNow();
occupied(true);
await seen(1);
chip.leave();
const gone = { window: await event('window-blind'), sensor: await event('sensor-failing') };
chip.come();
// Its simulator forgets what was pulled: the bias that the daemon asks for makes it free.
const back = await event('window-seen');
const lost = await event('passage');

await stands(0, 3);
since = await box.upToNow();
const blind = event('window-blind');
let chatters = true;
const contact = (async () => {
  for (let is = true; chatters; is = !is) {
    occupied(is);
    await sleep(150);
  }
  occupied(false);
})();
const chattering = await blind;
chatters = false;
await contact;
const quiet = await event('window-seen');

await stands(0, 3);
since = await box.upToNow();
occupied(true);
const stuck = { window: await event('window-blind'), passage: await event('passage') };
occupied(false);
const free = await event('window-seen');
await box.end('SIGTERM');
const held = chip.isHeld(offset);
const found = { biased, ...{ clean, gas, gone, back, lost, chattering, quiet, stuck, free }, held };
report(found, { 'vehicle-loop': Object.keys(found) });
