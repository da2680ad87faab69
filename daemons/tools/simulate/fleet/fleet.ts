/**
 * `fieldpost simulate --devices N`: a fleet for operators to rehearse with. Broker, ledger, console, keys and signatures are the real
 * ones; the boxes are simulated, many in a process, and say so everywhere.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import readline from 'node:readline';
import { stringify } from 'yaml';
import { Fault } from '../../../core/ports/fault.ts';
import { initSite } from '../../fleet/site-keys.ts';
import { device } from '../../pki/authority.ts';
import { program } from '../../place.ts';
import { freePort } from '../free-port.ts';
import { type LogLine, type Supervised, supervise } from '../supervise.ts';
import { charactersOf, type Shares } from './character.ts';
import type { CrowdSetup, CrowdState } from './crowd.ts';

export interface FleetOptions {
  readonly devices: number;
  readonly site: string;
  readonly seed: number;
  readonly shares: Shares;
  readonly badReleases: readonly string[];
  readonly alertsPerDay: number;
  readonly keepaliveS: number;
  readonly startPerS: number;
  readonly consolePort: number;
  readonly state?: string;
  /** A broker that runs already; absent: the embedded one. */
  readonly broker?: string;
  /** For a broker at mqtts://: an authority made for the rehearsal. */
  readonly authority?: string;
  /** What the programs of the centre are started with; this program if absent. */
  readonly centre?: readonly [string, ...string[]];
  readonly forS?: number;
  readonly json: boolean;
}

export interface Fleet {
  readonly folder: string;
  readonly broker: string;
  /** Of broker, ledger and console, by name: null while one does not run. */
  readonly pids: Readonly<Record<string, number | null>>;
  /** The newest word of all processes together. */
  state(): CrowdState;
  close(): Promise<void>;
}

/** Boxes that one process holds. */
const ofProcess = 500;
const sayMs = 10_000;

/** Resolves when everything was started. Errors: Fault `config` for what was said wrongly. */
export async function startFleet(options: FleetOptions, say: (text: string) => void): Promise<Fleet> {
  const { devices, site, authority } = options;
  if (options.broker?.startsWith('mqtts:') && authority === undefined)
    throw new Fault('config', '--broker mqtts://...: needs --authority, an authority made for the rehearsal');
  const folder = options.state ?? (await mkdtemp(path.join(os.tmpdir(), 'fieldpost-fleet-')));
  const centre = path.join(folder, 'centre');
  if (!existsSync(path.join(centre, 'public/1.root.json'))) await initSite(centre, site, 365);
  layWanted(path.join(folder, 'wanted'), options);
  const [brokerPort, consolePort] = [await freePort(0), await freePort(options.consolePort)];
  const broker = options.broker ?? `mqtt://127.0.0.1:${brokerPort}`;
  const records = path.join(folder, 'ledger.db');
  const onLog = ({ daemon, message, fields }: LogLine): void => {
    if (fields.level === 'warn' || fields.level === 'error') say(`${daemon}: ${message} ${fields.reason ?? ''}`);
  };
  const [file, ...before] = options.centre ?? [process.execPath, ...program];
  const start = (name: string, ...args: string[]): Supervised =>
    supervise(name, [...before, name, ...args], onLog, file);
  const identity = authority === undefined ? [] : ['--identity', await identityOf(folder, authority)];
  const daemons = [
    ...(options.broker ? [] : [start('broker', '--port', `${brokerPort}`)]),
    start('ledger', '--broker', broker, '--records', records, ...identity),
    start('console', '--records', records, '--port', `${consolePort}`, '--open', '--broker', broker, ...identity),
  ];
  const crowds = Array.from({ length: Math.ceil(devices / ofProcess) }, (_, i) =>
    startCrowd({
      ...{ site, broker, authority: authority ?? null, root: path.join(centre, 'public/1.root.json') },
      ...{ seed: options.seed, shares: options.shares, fleet: devices, badReleases: options.badReleases },
      ...{ first: i * ofProcess, count: Math.min(ofProcess, devices - i * ofProcess) },
      ...{ keepaliveS: options.keepaliveS, alertsPerDay: options.alertsPerDay },
      startPerS: options.startPerS / Math.ceil(devices / ofProcess),
    }),
  );
  say(`${devices} simulated boxes of site ${site} in ${folder}; the page: http://127.0.0.1:${consolePort}/`);
  say(
    `what they are to be, as fleet.yaml in git: ${path.join(folder, 'wanted')}; the operator's key: ${path.join(centre, 'keys/operator.key')}`,
  );
  say(
    `one of them: fieldpost twin show --site ${site} --device ${charactersOf(1, options.seed, options.shares)[0]?.name} --broker ${broker}`,
  );
  return {
    ...{ folder, broker },
    get pids() {
      return Object.fromEntries(daemons.map((one) => [one.name, one.pid]));
    },
    state: () => sum(crowds.map((one) => one.state())),
    close: async () => {
      await Promise.all(crowds.map((one) => one.close()));
      for (const one of daemons.toReversed()) await one.stop(5000);
      if (options.state === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs until a signal, or for so long; gives the exit code. */
export async function simulateFleet(options: FleetOptions): Promise<number> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const fleet = await startFleet(options, say);
  const telling = setInterval(() => say(`simulated: ${JSON.stringify(fleet.state())}`), sayMs);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    if (options.forS !== undefined) setTimeout(resolve, options.forS * 1000);
  });
  clearInterval(telling);
  const last = fleet.state();
  await fleet.close();
  if (options.json) process.stdout.write(`${JSON.stringify({ simulated: true, devices: options.devices, ...last })}\n`);
  return 0;
}

/** The folder that an operator would keep in git: every box with its labels. One that is there is somebody's, and stays. */
function layWanted(folder: string, { devices, seed, shares, site }: FleetOptions): void {
  const file = path.join(folder, 'fleet.yaml');
  if (existsSync(file)) return;
  mkdirSync(folder, { recursive: true });
  const characters = charactersOf(devices, seed, shares);
  const labels = [...new Set(characters.flatMap((one) => one.labels))].toSorted();
  const text = stringify({
    site,
    all: { trial: { steadyS: 5, withinS: 20 } },
    labels: Object.fromEntries(labels.map((label) => [label, {}])),
    boxes: Object.fromEntries(characters.map(({ name, labels: of }) => [name, { labels: of }])),
  });
  writeFileSync(file, `# Simulated boxes, of seed ${seed}.\n${text}`);
}

async function identityOf(folder: string, authority: string): Promise<string> {
  const out = path.join(folder, 'ledger-identity');
  if (!existsSync(path.join(out, 'device.crt'))) await device('ledger', { authority, out, days: 30 });
  return out;
}

interface Crowd {
  state(): CrowdState;
  close(): Promise<void>;
}

const nobody: CrowdState = { connected: 0, phases: {}, kept: 0, settled: 0 };

function startCrowd(setup: CrowdSetup): Crowd {
  const child: ChildProcess = spawn(process.execPath, [...program, 'simulated-boxes', JSON.stringify(setup)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin?.on('error', () => {});
  let last = nobody;
  if (child.stdout)
    readline.createInterface({ input: child.stdout }).on('line', (line) => {
      last = JSON.parse(line) as CrowdState;
    });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('exit', () => {
    last = nobody;
  });
  return {
    state: () => last,
    close: async () => {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(late);
    },
  };
}

function sum(states: readonly CrowdState[]): CrowdState {
  const phases: Record<string, number> = {};
  for (const state of states)
    for (const [phase, count] of Object.entries(state.phases)) phases[phase] = (phases[phase] ?? 0) + count;
  const total = (field: 'connected' | 'kept' | 'settled'): number => states.reduce((all, one) => all + one[field], 0);
  return { connected: total('connected'), phases, kept: total('kept'), settled: total('settled') };
}
