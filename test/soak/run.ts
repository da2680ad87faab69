/**
 * `npm run soak -- [--cuts N] [--seed N] [--json]`: the rigs at full length. Progress goes to stderr; stdout ends in one
 * line of JSON. Exit code 1 when anything was lost, doubled or unopenable, or when the rig did not catch the broken spool.
 */
import process from 'node:process';
import { Command } from 'commander';
import { breakSpool } from '../rigs/broken-spool.ts';
import { cutPower, type Tally } from '../rigs/power.ts';
import { lacksForCuts } from '../support/loop-ext4.ts';

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`"${text}" is not a whole number above 0`);
  return value;
};
const options = new Command('soak')
  .option('--cuts <n>', 'power cuts, and as many kills', whole, 300)
  .option('--seed <n>', 'which instants', whole, 1)
  .option('--json', 'one line of JSON at the end (it is printed in any case)')
  .parse()
  .opts<{ cuts: number; seed: number }>();

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const lack = lacksForCuts();
if (lack !== null) {
  say(`no power can be cut on this machine: ${lack}`);
  process.exit(2);
}

async function brokenSpoolIsCaught(): Promise<boolean> {
  const spool = breakSpool();
  const { seed } = options;
  const { lost } = await cutPower({ cuts: 20, seed, adapter: spool.adapter, untilLoss: true, say: () => {} });
  spool.close();
  say(`a spool that never flushes: the rig counts ${lost} lost`);
  return lost > 0;
}

const brokenSpoolCaught = await brokenSpoolIsCaught();
// Two disks at a time: while one is mounted again the other is written to.
const half = options.cuts >> 1;
const parts: Tally[] = await Promise.all(
  [half, options.cuts - half].map((cuts, lane) =>
    cutPower({ cuts, seed: 1000 * options.seed + lane, say: (text) => say(`disk ${lane + 1}: ${text}`) }),
  ),
);
const sum = (field: keyof Tally): number => parts.reduce((total, part) => total + part[field], 0);
const line = {
  acknowledged: sum('acknowledged'),
  lost: sum('lost'),
  duplicates: sum('duplicates'),
  unopenable: sum('unopenable') + sum('mended'),
  brokenSpoolCaught,
};
process.stdout.write(`${JSON.stringify(line)}\n`);
process.exit(line.lost + line.duplicates + line.unopenable === 0 && brokenSpoolCaught ? 0 : 1);
