/** `npm start`: a whole site on one machine. Instruments are simulated; every daemon is the real one, as a process. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { openRecords } from '../../core/adapters/records.sqlite.ts';
import { openSpoolReader } from '../../core/adapters/spool.sqlite.ts';
import { isFault } from '../../core/ports/fault.ts';
import type { AlertRecord } from '../../core/ports/records.ts';
import { examples, program } from '../place.ts';
import { sayHealth } from './box-health.ts';
import { serveCylinders } from './cylinders.ts';
import { freePort } from './free-port.ts';
import { simulatedOperator } from './operator.ts';
import { tauS } from './release-post.ts';
import { type Addresses, laySite, posts, type Site } from './site.ts';
import { type Instrument, type LogLine, type Supervised, startInstrument, supervise } from './supervise.ts';

export interface SimulateOptions {
  /** Ends by itself after this many seconds and says how it went. */
  readonly forS?: number;
  readonly json: boolean;
  /** Absent: 1, and of the release any one, so that nobody sees a favourable phase of its wind alone. It is said which. */
  readonly seed?: number;
  /** What happens around the post: the repeating programme, or a lorry and then a release near a post with an anemometer. */
  readonly scene: keyof typeof posts;
  readonly consolePort: number;
  readonly state?: string;
  /** Of this program. */
  readonly version: string;
  /** Kills a random daemon this often. */
  readonly killEveryS?: number;
}

const operatorWaitsMs = 2000;
const drainMs = 15_000;
/** A slow machine takes a while until the post measures; a scene that began before would be learned as its clean air. */
const readyMs = 180_000;
const beforeSceneMs = 1500;

interface Part {
  readonly kind: string;
  /** Of the board. */
  readonly port: string;
  /** Whose inlet a calibration gas can be put to. */
  readonly sensor?: string;
  /** Quicker than its kind: a scene of minutes has rows of seconds. */
  readonly tauS?: number;
}
const scenes: Readonly<Record<keyof typeof posts, readonly Part[]>> = {
  programme: [
    { kind: 'i2c-bus', port: 'main' },
    { kind: 'modbus-tcp', port: 'analyzer', sensor: 'nh3' },
    { kind: 'modbus-pty', port: 'pid', sensor: 'pid' },
    { kind: 'winsen', port: 'module', sensor: 'nh3-module' },
  ],
  release: [
    { kind: 'i2c-bus', port: 'main' },
    { kind: 'modbus-tcp', port: 'analyzer', sensor: 'nh3', tauS: tauS.analyzer },
    { kind: 'modbus-pty', port: 'pid', sensor: 'pid' },
    { kind: 'wind', port: 'wind' },
  ],
};

/** Runs the site until `forS` is over, counted from when the scene begins, or a signal comes; resolves with the exit code. */
export async function simulate(options: SimulateOptions): Promise<number> {
  const folder = options.state ?? (await mkdtemp(path.join(os.tmpdir(), 'fieldpost-site-')));
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const { scene } = options;
  const seed = options.seed ?? (scene === 'release' ? randomInt(1, 1000) : 1);
  const world = { seed, scene, startMs: Date.now(), waits: true };
  const parts = scenes[scene];

  const instruments = await Promise.all(
    parts.map((one) => startInstrument(one.kind, { ...world, ...(one.tauS ? { tauS: one.tauS } : {}) })),
  );
  const addresses = Object.fromEntries(parts.map(({ port }, i) => [port, instruments[i]?.address]));
  const [brokerPort, consolePort] = [await freePort(0), await freePort(options.consolePort)];
  const broker = `mqtt://127.0.0.1:${brokerPort}`;
  const site = await laySite(folder, examples, addresses as unknown as Addresses, broker, posts[scene]);

  /** Alerts that a daemon said it raised. A killed daemon may not have come to say it: the store and the spool know too. */
  const said = new Set<string>();
  const measuring = Promise.withResolvers<void>();
  const onLog = ({ daemon, message, fields }: LogLine): void => {
    if (daemon === 'gas' && message === 'alert raised') said.add(String(fields.alert));
    if (daemon === 'gas' && message === 'measuring') measuring.resolve();
    const { level = 'info', time: _time, daemon: _daemon, message: _message, pid: _pid, ...rest } = fields;
    say(`${daemon.padEnd(8)} ${level} ${message} ${Object.keys(rest).length > 0 ? JSON.stringify(rest) : ''}`);
  };
  const box = ['--config', site.config, '--device', posts[scene].device, '--state', site.state];
  const start = (name: string, args: readonly string[]): Supervised =>
    supervise(name, [...program, name, ...args], onLog);
  const daemons = [
    start('broker', ['--port', String(brokerPort)]),
    start('ledger', ['--broker', broker, '--records', site.records]),
    start('console', ['--records', site.records, '--port', String(consolePort), '--open', '--broker', broker]),
    start('uplink', box),
    start('gas', box),
  ];
  const page = `http://127.0.0.1:${consolePort}`;
  say(`simulated site in ${folder}; the page: ${page}/`);
  const byGas = parts.flatMap(({ sensor }, i) => (sensor ? [[sensor, instruments[i] as Instrument] as const] : []));
  const cylinders = await serveCylinders(site.state, new Map(byGas));

  const ended = new AbortController();
  const ofPost = daemons.filter(({ name }) => name === 'uplink' || name === 'gas');
  const health = sayHealth(site.state, ofPost, options.version, ended.signal);

  const operator = options.forS === undefined ? null : simulatedOperator(page, operatorWaitsMs);
  if (operator) say('a simulated operator acknowledges every alert');
  const stopped = signalled();
  await Promise.race([measuring.promise, stopped, sleep(readyMs)]);
  const beginsMs = Date.now() + beforeSceneMs;
  await Promise.race([Promise.all(instruments.map((one) => one.begin(beginsMs))), stopped]);
  say(`the scene ${scene} of seed ${seed} begins at ${beginsMs}`);
  const stopKilling = options.killEveryS === undefined ? () => {} : killAtRandom(daemons, options.killEveryS, seed);
  await Promise.race([stopped, ...(options.forS === undefined ? [] : [sleep(options.forS * 1000)])]);
  stopKilling();

  const [brokerOne, ledger, console_, uplink, gas] = daemons;
  ended.abort();
  await Promise.all([cylinders.close(), health]);
  await gas?.stop(20_000);
  const outcome = options.forS === undefined ? null : await settle(site, said);
  operator?.stop();
  for (const one of [uplink, console_, ledger, brokerOne]) await one?.stop(5000);
  for (const one of instruments) void one.stop();
  if (options.state === undefined) await rm(folder, { recursive: true, force: true });
  if (!outcome) return 0;
  const { alerts, latencyMs, lost, duplicates } = outcome;
  process.stdout.write(`${JSON.stringify({ alerts, latencyMs, lost, duplicates })}\n`);
  return lost === 0 && duplicates === 0 && alerts.raised > 0 ? 0 : 1;
}

/** Resolves at SIGINT or SIGTERM. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

/** A timer that keeps no process alive that was told to stop. */
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** Waits until the centre has every raised alert and no gap, and the operator has had time; then counts. */
async function settle(site: Site, said: ReadonlySet<string>) {
  const [records, spool] = await Promise.all([
    openRecords(site.records),
    openSpoolReader(path.join(site.state, 'spool', 'gas.db')).catch((error: unknown) => {
      // A gas daemon that never came to open its spool has raised nothing.
      if (!isFault(error)) throw error;
      return null;
    }),
  ]);
  const giveUpMs = Date.now() + drainMs;
  for (;;) {
    const { alerts } = await records.changes(0, 1_000_000);
    const known = new Map(alerts.map((one) => [one.alert.id, one]));
    const missing = [...said].filter((id) => !known.has(id)).length;
    const holes = (await records.gaps()).reduce((sum, one) => sum + one.missing.length, 0);
    const lost = missing + holes + ((await spool?.depth())?.alert ?? 0) + (await records.brokenAlerts());
    const unseen = alerts.filter((one) => !one.acknowledged).length;
    const raised = alerts.length + missing;
    if ((lost + unseen === 0 && raised > 0) || Date.now() > giveUpMs) {
      const latencies = [...(await records.latencies())].sort((a, b) => a - b);
      const quantile = (q: number): number | null =>
        latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))] ?? null;
      const duplicates = (await records.doubledEffects()) + abandoned(alerts);
      await Promise.all([records.close(), spool?.close()]);
      return {
        alerts: { raised, committed: alerts.length, acknowledged: alerts.length - unseen },
        latencyMs: { p50: quantile(0.5), p99: quantile(0.99) },
        lost,
        duplicates,
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Alerts that were still open when another of their kind was raised: a daemon forgot them and raised them twice. */
function abandoned(alerts: readonly AlertRecord[]): number {
  const byKind = Map.groupBy(alerts, ({ device, alert }) => `${device}/${alert.kind}`);
  return [...byKind.values()].reduce((sum, ofKind) => {
    const inOrder = ofKind.toSorted((a, b) => a.alert.since.wallMs - b.alert.since.wallMs);
    return sum + inOrder.slice(0, -1).filter(({ alert }) => alert.condition !== 'cleared').length;
  }, 0);
}

/** SIGKILL to one daemon after another, at moments that the seed decides. Returns the stop. */
function killAtRandom(daemons: readonly Supervised[], everyS: number, seed: number): () => void {
  let state = seed + 1;
  const chance = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  let timer: NodeJS.Timeout;
  const next = (): void => {
    timer = setTimeout(
      () => {
        const victim = daemons[Math.floor(chance() * daemons.length)];
        process.stderr.write(`killing ${victim?.name}\n`);
        victim?.kill();
        next();
      },
      everyS * 1000 * (0.5 + chance()),
    );
  };
  next();
  return () => clearTimeout(timer);
}
