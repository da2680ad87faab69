/**
 * A year of one post in minutes, as a process of its own under libfaketime (year.ts starts it): the gas daemon on simulated
 * instruments, the uplink, the renewal service, the ledger and its retention run whole, on a clock that leaps from one look at the
 * sensors to the next; Mosquitto is real, by TLS, on the same faked wall clock. Says progress on stderr and `Year` as one line.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { loadBox } from '../../../daemons/core/config/box.ts';
import { parseValue } from '../../../daemons/core/config/parse.ts';
import type { Running } from '../../../daemons/core/daemon/running.ts';
import { enrolLine } from '../../../daemons/enrol/daemon.ts';
import { gasLine } from '../../../daemons/gas/daemon.ts';
import { ledgerLine } from '../../../daemons/ledger/daemon.ts';
import * as place from '../../../daemons/tools/place.ts';
import { forgetting } from '../../../daemons/tools/retention/retention.ts';
import { uplinkSection } from '../../../daemons/uplink/config.ts';
import { uplinkLine } from '../../../daemons/uplink/daemon.ts';
import { beatsAhead, calendar, dayMs, isReleased, type Wish } from './calendar.ts';
import { countingLog } from './counting-log.ts';
import { leapingClock, setWall } from './leaping-clock.ts';
import { backlog, type Look, measure, type Received, received } from './measured.ts';
import { certify, openYearSite } from './site.ts';

export interface Year {
  readonly looks: readonly Look[];
  readonly releases: number;
  /** Beats at which a sensor did not answer in time. */
  readonly late: number;
  readonly beats: number;
  readonly lines: Readonly<Record<string, number>>;
  readonly received: Received;
  readonly seconds: number;
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const [wishText = '', folder = '', wallFile = ''] = process.argv.slice(2);
const wish = JSON.parse(wishText) as Wish;
const plan = calendar(wish);
/** Instruments have stood for a year when this begins: one whose answers took longer with each day would be silent from the first. */
const worldAgeMs = 365 * dayMs;
const lookMs = wish.lookDays * dayMs;
const realMs = (): number => Number(process.hrtime.bigint()) / 1e6;
const beganMs = realMs();
mkdirSync(folder, { recursive: true });

// The wall clock at `offset` from now is what the plan calls `at`. Calibrations of the site hold for a year from their laying.
setWall(wallFile, 0);
const nowMs = Date.now();
const wallAt = (at: number): void => setWall(wallFile, at - nowMs);
wallAt(plan.calibratedUntilMs - 365 * dayMs);
const rig = await openYearSite(folder, plan.beatMs, plan.startMs - worldAgeMs);
wallAt(plan.startMs);
await certify(rig, plan.certificateDays);

const clock = leapingClock(wallFile, plan.startMs, plan.startMs - nowMs);
// The post's daemon ends first: what it says at its close is delivered too.
const [stopPost, stop] = [new AbortController(), new AbortController()];
let moved = 0;
const log = countingLog();
const ctx = (name: string): Running => ({
  signal: stop.signal,
  progress: () => {},
  log: log.of(name),
  clock,
});
const { site } = rig;
const box = loadBox(site.config, 'post-1');
const identity = path.join(site.state, 'identity');
const spools = path.join(site.state, 'spool');
const birth = { version: 'year', simulated: true, dock: false, where: null, sensors: [] };
const section = parseValue('uplink', box.profile.uplink ?? {}, uplinkSection);
await rig.broker(true);
await rig.analyzer.connect({});
const gas = gasLine(
  { box, state: site.state, models: place.models, feed: path.join(folder, 'no-feed') },
  {
    ...ctx('gas'),
    signal: stopPost.signal,
    progress: () => {
      moved += 1;
    },
  },
);
const lines = [
  gas,
  ledgerLine({ brokers: [rig.brokerUrl], records: site.records, identity: rig.ledgerIdentity }, ctx('ledger')),
  enrolLine(
    { ...rig.enrol, host: '127.0.0.1', graceDays: 365, days: plan.certificateDays, config: null },
    ctx('enrol'),
  ),
  uplinkLine({ device: 'post-1', site: 'north', master: null, spools, identity, section, birth }, ctx('uplink')),
  forgetting(site.records, ctx('ledger')),
];
const ended = Promise.all(lines);
ended.catch((error: unknown) => {
  say(`a daemon ended: ${error instanceof Error ? error.stack : String(error)}`);
  process.exit(1);
});

/** Waits in real time, for a bounded while. Gives false when it did not come. */
async function until(done: () => boolean, limitMs: number, everyMs = 1): Promise<boolean> {
  for (const endMs = realMs() + limitMs; realMs() < endMs; await pause(everyMs)) if (done()) return true;
  return false;
}

const sensors = box.board.sensors.length;
let [late, beats] = [0, 0];
/** One look at every sensor, and what the daemon makes of it: over when all of them wait for the next. */
async function beat(ahead: number): Promise<void> {
  const quiet = (): boolean => clock.sleeping('beat').length === sensors;
  await until(quiet, 20_000);
  moved = 0;
  // To the last of them: their periods differ by a millisecond each, so that each sleeps by itself and can be counted.
  clock.leap(Math.max(...clock.sleeping('beat')) + (ahead - 1) * plan.beatMs);
  beats += 1;
  if (!(await until(() => quiet() && moved > 0, 60_000))) late += 1;
}

const drained = (): Promise<boolean> => until(() => backlog(spools) === 0, 120_000, 10);
const looks: Look[] = [];
let released = false;
let nextLookMs = plan.startMs + lookMs;
let dayEndMs = plan.startMs + dayMs;
const wallMs = (): number => plan.startMs + clock.elapsedMs();
const isAway = (): boolean => wallMs() >= plan.away[0] && wallMs() < plan.away[1];

while (wallMs() < plan.endMs) {
  await rig.broker(!isAway());
  const ahead = beatsAhead(plan, wallMs());
  const wanted = isReleased(plan, wallMs() + ahead * plan.beatMs);
  if (wanted !== released) await rig.analyzer.connect(wanted ? { ammonia: 12 } : {});
  released = wanted;
  await beat(ahead);
  if (wallMs() < dayEndMs) continue;
  dayEndMs += dayMs;
  // Time stands still until the day is delivered: a receipt takes milliseconds, and a leap would make it late.
  if (!isAway()) await drained();
  if (wallMs() < nextLookMs) continue;
  nextLookMs += lookMs;
  looks.push(await measure({ wallMs: wallMs(), site, logBytes: log.bytes() }));
  say(JSON.stringify(looks.at(-1)));
}
stopPost.abort();
await gas;
// Counted here: what the uplink tells of its own end has nobody left to bring it.
const waiting = (await drained()) ? 0 : backlog(spools);
if (waiting > 0) say(`not delivered at the end: ${waiting} envelopes`);
stop.abort();
await ended;
const year: Year = {
  looks,
  releases: plan.releases.length,
  late,
  beats,
  lines: log.counts(),
  received: await received(site.records, waiting, wallMs()),
  seconds: (realMs() - beganMs) / 1000,
};
await rig.close();
process.stdout.write(`${JSON.stringify(year)}\n`);
process.exit(0);
