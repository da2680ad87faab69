/** The daemons of one box at rest, for the bench of memory: what each takes, and what is laid for those that measure nothing. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { lostDock } from '../support/lost-dock.ts';
import type { Program } from '../support/process.ts';
import { median } from './figure.ts';
import { said, type Taken, takenBy, usedBy } from './packaged-box.ts';

/** Until what is done once is done, and its garbage collected. */
const warmMs = 90_000;
const looks = 9;
const lookEveryMs = 10_000;
/** What a daemon says when it works. */
const works: Readonly<Record<string, string>> = {
  gas: 'measuring',
  uplink: 'connected to the broker',
  agent: 'watching',
  camera: 'watching',
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Medians over the looks, of the programs by their names. */
export interface AtRest {
  middle(name: string, what: keyof Taken): number;
  words(name: string): string;
  /** Of a core, each. */
  readonly cpu: string;
  readonly how: string;
}

/** Starts them, looks when they have come to rest, ends them. Errors: that one ended early, with what it said. */
export async function atRest(programs: Readonly<Record<string, () => Program>>): Promise<AtRest> {
  const running = new Map<string, Program>();
  try {
    for (const [name, start] of Object.entries(programs)) running.set(name, start());
    for (const [name, one] of running) await said(one, works[name] ?? '');
    await sleep(warmMs);
    const before = new Map([...running].map(([name, { child }]) => [name, usedBy(child.pid)]));
    const fromMs = performance.now();
    const taken = new Map<string, Taken[]>([...running.keys()].map((name) => [name, []]));
    for (let look = 0; look < looks; look++) {
      await sleep(lookEveryMs);
      for (const [name, { child }] of running) taken.get(name)?.push(takenBy(child.pid));
    }
    const wallMs = performance.now() - fromMs;
    const cpu = [...running].map(
      ([name, { child }]) => `${name} ${((100 * (usedBy(child.pid) - (before.get(name) ?? 0))) / wallMs).toFixed(2)} %`,
    );
    const middle = (name: string, what: keyof Taken): number => median((taken.get(name) ?? []).map((one) => one[what]));
    const mb = (name: string, what: keyof Taken): string => middle(name, what).toFixed(1);
    return {
      middle,
      words: (name) =>
        `${name} ${mb(name, 'private')} private, ${mb(name, 'dirty')} of it written, ${mb(name, 'pss')} PSS`,
      cpu: cpu.join(', '),
      how: `MB of 10^6 bytes; median of ${looks} looks in ${Math.round(wallMs / 1000)} s after ${warmMs / 1000} s; packaged x64, flags of the units`,
    };
  } finally {
    for (const one of running.values()) await one.end('SIGKILL');
  }
}

/** A folder with a systemctl that knows no units: the agent asks it what runs. */
export function layNoSystemd(folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'systemctl'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  return folder;
}

/** A dock whose lines this machine does not have: it senses nothing and looks for them again and again. */
export function layDock(folder: string, drone: number, nobody: number): readonly string[] {
  const put = (name: string, value: object): void => {
    const file = path.join(folder, 'config', `${name}.yaml`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, stringify(value));
  };
  put('devices/dock-1', { device: 'dock-1', site: 'bench', board: 'dock', profile: 'dock' });
  put('boards/dock', {
    ...{ board: 'dock', simulated: true, sensors: [], dock: lostDock('supply') },
    ports: { i2c: { supply: { tcp: `127.0.0.1:${nobody}` } }, udp: { drone: { listen: `127.0.0.1:${drone}` } } },
  });
  put('profiles/dock', {
    profile: 'dock',
    dock: {
      motor: { travelMs: 20_000, maxA: 6, inrushMs: 400, restA: 0.5, minV: 22 },
      weather: { maxWindMs: 10 },
      ready: { batteryPercent: 80, uHorizontalM: 5, calibrationAgeH: 24, freeMB: 1 },
    },
  });
  mkdirSync(path.join(folder, 'state/spool'), { recursive: true });
  const at = (name: string): string => path.join(folder, name);
  return ['--config', at('config'), '--device', 'dock-1', '--state', at('state'), '--feed', at('feed.sock')];
}
