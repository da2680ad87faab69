/**
 * `npm run soak -- [--cuts N] [--seed N] [--nats] [--year] [--weeks] [--json]`: the rigs at full length; with `--nats` only the cluster's, with
 * `--year` only a year of a post in minutes. Progress goes to stderr; stdout ends in one line of JSON. Exit code 1 when anything was
 * lost, doubled or unopenable, when the rig did not catch the broken spool, or when a figure of the year missed its reach.
 */
import process from 'node:process';
import { Command } from 'commander';
import { breakSpool } from '../rigs/broken-spool.ts';
import { deliverThroughCluster } from '../rigs/cluster.ts';
import { damageFiles } from '../rigs/damage.ts';
import { killAtRandom } from '../rigs/kills.ts';
import { losePackets } from '../rigs/loss.ts';
import { faults, openBadNetwork, weather } from '../rigs/network.ts';
import { cutPower, emptyTally, type Tally } from '../rigs/power.ts';
import type { Verdict } from '../rigs/site.ts';
import { oddWeeks, wholeYear } from '../rigs/year/calendar.ts';
import { yearFigures } from '../rigs/year/figures.ts';
import { lacksForYear, runYear } from '../rigs/year/year.ts';
import { lacksForCuts } from '../support/loop-ext4.ts';
import { findProgram } from '../support/needs.ts';
import { lacksForLoss } from '../support/netns.ts';

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`"${text}" is not a whole number above 0`);
  return value;
};
const { cuts, seed, nats, alerts, year, weeks } = new Command('soak')
  .option('--cuts <n>', 'power cuts, and as many kills', whole, 300)
  .option('--seed <n>', 'which instants', whole, 1)
  .option('--nats', 'only the centre as a cluster: 20,000 alerts while two NATS nodes are killed', false)
  .option('--year', 'only a year of one post in minutes, on a clock that leaps', false)
  .option('--weeks', 'the same for 45 days with a leap day and the beginning of summer time', false)
  .option('--alerts <n>', 'how many with --nats', whole, 20_000)
  .option('--json', 'one line of JSON at the end (it is printed in any case)')
  .parse()
  .opts<{ cuts: number; seed: number; nats: boolean; alerts: number; year: boolean; weeks: boolean }>();

const say = (text: string): void => void process.stderr.write(`${text}\n`);
// By way of `exit`, which unmounts the disks and takes the namespaces away.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
if (nats) {
  const tally = await deliverThroughCluster({ alerts, lidMs: 600_000, say });
  process.stdout.write(`${JSON.stringify(tally)}\n`);
  process.exit(tally.committed === alerts && tally.missing + tally.doubled === 0 ? 0 : 1);
}
if (year || weeks) {
  const lack = lacksForYear();
  if (lack !== null) {
    say(`no year can be run on this machine: ${lack}`);
    process.exit(2);
  }
  const wish = year ? wholeYear : oddWeeks;
  const figures = yearFigures(wish, await runYear(wish, say));
  process.stdout.write(`${JSON.stringify({ name: 'year', figures })}\n`);
  process.exit(figures.some(({ ok }) => ok === false) ? 1 : 0);
}
const lack = lacksForCuts();
if (lack !== null) {
  say(`no power can be cut on this machine: ${lack}`);
  process.exit(2);
}

async function brokenSpoolIsCaught(): Promise<boolean> {
  const spool = breakSpool();
  const { lost } = await cutPower({ cuts: 20, seed, adapter: spool.adapter, untilLoss: true, say: () => {} });
  spool.close();
  say(`a spool that never flushes: the rig counts ${lost} lost`);
  return lost > 0;
}

const ofVerdict = ({ acknowledged, missing, doubled }: Verdict): Tally => ({
  ...emptyTally(),
  acknowledged,
  lost: missing,
  duplicates: doubled,
});

/** Faults of the network, longer than in `npm test`. */
async function badNetworks(): Promise<Tally[]> {
  const lacks = findProgram('mosquitto') === null ? 'no mosquitto' : lacksForLoss();
  if (lacks !== null) {
    say(`skipped: faults of the network: ${lacks}`);
    return [];
  }
  const net = await openBadNetwork(seed);
  let last: Verdict = { acknowledged: 0, missing: 0, doubled: 0 };
  let missing = 0;
  for (const name of Object.keys(faults)) {
    last = await weather(net, name, 8000);
    missing = Math.max(missing, last.missing);
    say(`${name}: ${JSON.stringify(last)}`);
  }
  await net.close();
  const loss = await losePackets({ percent: 30, holdMs: 20_000, limitMs: 240_000, seed });
  say(`30 of 100 packets lost in each direction: ${JSON.stringify(loss)}`);
  return [{ ...last, missing }, loss].map(ofVerdict);
}

/** What was in a damaged file and neither came out nor was reported is lost, and so is a key that was used again. */
async function damagedFiles(): Promise<Tally> {
  const tally = await damageFiles({ files: 120, seed, say });
  say(`damaged files: ${JSON.stringify(tally)}`);
  const { unopenable, withheld, unreported, invented } = tally;
  return { ...emptyTally(), unopenable, lost: withheld + unreported + invented };
}

const brokenSpoolCaught = await brokenSpoolIsCaught();
// Two disks at a time: while one is mounted again the other is written to.
const half = cuts >> 1;
const parts: Tally[] = await Promise.all(
  [half, cuts - half].map((share, lane) =>
    cutPower({ cuts: share, seed: 1000 * seed + lane, say: (text) => say(`disk ${lane + 1}: ${text}`) }),
  ),
);
say(`power cuts: ${parts.map((one) => JSON.stringify(one)).join(' ')}`);
parts.push(await damagedFiles());
parts.push(ofVerdict(await killAtRandom({ kills: cuts, seed, mostMs: 1000, say })));
parts.push(...(await badNetworks()));
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
