/**
 * Fieldpost beside what people would pick in its place: Node-RED, a Python script, a Node script. One instrument says the same bytes
 * to each of them over TCP; one Mosquitto takes what they make of it; one subscriber counts what came.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { mosquitto } from '../../support/mosquitto.ts';
import { findProgram } from '../../support/needs.ts';
import { type Figure, median } from '../figure.ts';
import { type Contestant, executableIn, type Lay, layOut, type Name, stopAll } from './contestants.ts';
import { type Fate, suffer } from './faults.ts';
import { fast, type Setting, sure, usual } from './fieldpost.ts';
import { type Ear, listenAt } from './hear.ts';
import { installNodeRed, nodeRedVersion } from './node-red.ts';
import { type Quiet, watchQuiet } from './quiet.ts';
import { type Round, type Rounds, rush } from './rate.ts';
import { figuresOf } from './report.ts';
import { openSource, type Source } from './source.ts';
import { always } from './stream.ts';

const everybody: readonly Name[] = ['fieldpost', 'function', 'steps', 'node', 'python'];
const contenders: readonly Name[] = ['fieldpost', 'function', 'node', 'python'];
const rounds = 7;
/** Whole cycles. The slowest gets fewer, so that a round of everyone takes about as long. */
const readings = (name: Name): number => (name === 'steps' ? 20_000 : 100_000);
const starts = 5;

export interface Rig {
  readonly lay: Lay;
  readonly ear: Ear;
  readonly source: Source;
  readonly broker: Awaited<ReturnType<typeof mosquitto>>;
}

/** Runs `work` with a broker, a subscriber, an instrument of `lines` lines, and everything laid out in a folder of its own. */
export async function withRig<T>(lines: number, lay: Lay, folder: string, work: (rig: Rig) => Promise<T>): Promise<T> {
  const kept = mkdtempSync(path.join(folder, 'broker-'));
  // Mosquitto drops what a subscriber is slow to take: not here, where each message counts.
  const limits = ['max_queued_messages 0', 'max_inflight_messages 200'];
  const broker = await mosquitto({
    lines: [...limits, 'user root', 'persistence true', `persistence_location ${kept}/`],
  });
  await broker.start();
  const ear = await listenAt(broker.url);
  const source = await openSource(lines);
  try {
    return await work({ lay, ear, source, broker });
  } finally {
    source.close();
    await ear.close();
    await broker.close();
  }
}

/** Starts these on lines of their own, and waits until all of them listen and have come to rest. */
export async function startAll(
  who: readonly Name[],
  setting: Setting,
  { lay, source, broker }: Rig,
): Promise<Contestant[]> {
  const all: Contestant[] = [];
  for (const [line, name] of who.entries())
    all.push(await lay.start(name, { source: source.ports[line] ?? 0, broker: broker.port }, setting));
  await source.heard(who.map((_, line) => line));
  await new Promise((resolve) => setTimeout(resolve, restMs));
  return all;
}
const restMs = 10_000;

export async function rateOf(rig: Rig): Promise<Rounds> {
  const all = await startAll(everybody, fast, rig);
  const found = new Map(everybody.map((name): [Name, Round[]] => [name, []]));
  // The first one is not counted: everything is compiled by then.
  for (let round = 0; round <= rounds; round++)
    for (const [line, one] of round % 2 === 0 ? [...all.entries()] : [...all.entries()].reverse()) {
      const seen = await rush(one, { line, round, count: readings(one.name) }, rig);
      if (round === 0 && rig.ear.count(one.name) === 0)
        throw new Error(`${one.name} said nothing of ${readings(one.name)} readings: it is not set up right`);
      if (round > 0) found.get(one.name)?.push(seen);
    }
  await stopAll(all);
  return found;
}

export async function quietOf(rig: Rig): Promise<ReadonlyMap<Name, Quiet>> {
  const all = await startAll(contenders, usual, rig);
  const seen = await watchQuiet(all, rig);
  await stopAll(all);
  return new Map(all.map(({ name }, n) => [name, seen[n] as Quiet]));
}

export async function faultsOf(
  who: readonly Name[],
  setting: Setting,
  kill: boolean,
  rig: Rig,
): Promise<readonly Fate[]> {
  const all = await startAll(who, setting, rig);
  const fates = await suffer(all, kill, rig);
  await stopAll(all);
  return fates;
}

const sayWhy = 'FIELDPOST_BENCH_SAID=1 shows what it said';

/** From the start of all processes of one to its first alert: the instrument says nothing but high values, 100 a second. */
export async function startOf({ lay, ear, source, broker }: Rig): Promise<ReadonlyMap<Name, number>> {
  const found = new Map(contenders.map((name): [Name, number[]] => [name, []]));
  for (let round = 0; round < starts; round++)
    for (const [line, name] of contenders.entries()) {
      ear.begin(name);
      const fromMs = performance.timeOrigin + performance.now();
      const one = await lay.start(name, { source: source.ports[line] ?? 0, broker: broker.port }, usual);
      const said = source.pace([line], 100, 100, always);
      while (ear.raised(name).length === 0) {
        // Whoever never runs hears nothing, and `said` then never comes.
        if (one.processes.some(({ hopeless }) => hopeless)) throw new Error(`${name} does not run; ${sayWhy}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await said;
      found.get(name)?.push((ear.raised(name)[0]?.ms ?? Number.NaN) - fromMs);
      await stopAll([one]);
    }
  return new Map([...found].map(([name, all]) => [name, median(all)]));
}

/** What took part, in which versions. */
function versions(): string {
  const words = (program: string, ...args: string[]): string =>
    // mosquitto's help ends with an exit code of its own.
    spawnSync(program, args, { encoding: 'utf8' }).stdout.trim();
  const paho = words(
    '/usr/bin/python3',
    '-c',
    'import sys, paho.mqtt; print(f"Python {sys.version.split()[0]} with paho-mqtt {paho.mqtt.__version__}")',
  );
  const broker =
    /version (\S+)/.exec(words(findProgram('mosquitto') ?? 'mosquitto', '-h'))?.[1] ?? 'of an unknown version';
  if (paho === '') throw new Error('python3-paho-mqtt is not installed: one of those compared with is a Python script');
  return `Node-RED ${nodeRedVersion} and MQTT.js on Node ${process.versions.node}, ${paho}, Mosquitto ${broker}`;
}

export async function peers(): Promise<readonly Figure[]> {
  installNodeRed();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-peers-'));
  try {
    const lay = await layOut(folder, [await executableIn(folder)]);
    const rig = <T>(lines: number, work: (rig: Rig) => Promise<T>): Promise<T> => withRig(lines, lay, folder, work);
    const said = versions();
    const tell = <T>(what: string, found: T): T => {
      const plain = found instanceof Map ? [...found] : found;
      process.stderr.write(`peers: ${what} ${JSON.stringify(plain)}\n`);
      return found;
    };
    const startMs = tell('start', await rig(contenders.length, startOf));
    const quiet = tell('quiet', await rig(contenders.length, quietOf));
    const seen = tell('rate', await rig(everybody.length, rateOf));
    const down = tell('down', await rig(contenders.length, (one) => faultsOf(contenders, usual, false, one)));
    const killed = tell('killed', await rig(contenders.length, (one) => faultsOf(contenders, sure, true, one)));
    const byItself = tell('usual', await rig(1, (one) => faultsOf(['fieldpost'], usual, true, one)));
    return figuresOf({ versions: said, rounds: seen, quiet, startMs, faults: { down, killed, usual: byItself } });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
