/**
 * What the gas daemon takes of a core: 16 channels at 10 Hz from the drivers' ports to kept measurements, beside a script that
 * reads the same bytes. All run side by side as processes of their own, and a window is the same stretch of time for all.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { openSpoolReader } from '../../daemons/core/adapters/spool.sqlite.ts';
import type { TelemetryBody } from '../../daemons/core/values/envelope.ts';
import { type Figure, median } from './figure.ts';
import { layBench, periodMs } from './gas-cpu.board.ts';

const here = import.meta.dirname;
const analyzers = 4;
const channels = 16;
/** Until the code that runs all the time is compiled. */
const warmMs = 60_000;
const windowMs = 6000;
const windows = 7;
const tickMs = 100;
/** A machine that stands still for longer makes all shares look small: such a window is taken again, and counted. */
const stallMs = 400;
const mostStalls = 30;

const report = ['--import', path.join(here, 'gas-cpu.report.ts')];
const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess =>
  spawn(process.execPath, args, {
    stdio: ['ignore', 2, 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });

/** Microseconds of CPU, user and system, that a process has used so far. */
async function usedBy(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message');
  child.send('used');
  const [{ user, system }] = (await answer) as [NodeJS.CpuUsage];
  return user + system;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sleeps, and tells the longest time for which this machine stood still meanwhile, in ms. */
async function watchedSleep(ms: number): Promise<number> {
  const untilMs = performance.now() + ms;
  let worst = 0;
  while (performance.now() < untilMs) {
    const from = performance.now();
    await sleep(tickMs);
    worst = Math.max(worst, performance.now() - from - tickMs);
  }
  return worst;
}

interface Shares {
  /** Of each process, window by window, as a share of a core. */
  readonly of: readonly (readonly number[])[];
  /** Windows that were taken again. */
  readonly stalled: number;
}

async function shares(children: readonly ChildProcess[]): Promise<Shares> {
  const found: number[][] = children.map(() => []);
  let stalled = 0;
  for (let i = 0; i < windows; ) {
    const from = performance.now();
    const before = await Promise.all(children.map(usedBy));
    const still = await watchedSleep(windowMs);
    const after = await Promise.all(children.map(usedBy));
    const wallUs = (performance.now() - from) * 1000;
    if (still > stallMs && stalled < mostStalls) {
      stalled += 1;
      continue;
    }
    children.forEach((_, n) => {
      found[n]?.push(((after[n] ?? 0) - (before[n] ?? 0)) / wallUs);
    });
    i += 1;
  }
  return { of: found, stalled };
}

/** Values a second in the telemetry that a box has kept, over all its run. */
async function keptPerS(state: string): Promise<number> {
  const reader = await openSpoolReader(path.join(state, 'spool', 'gas.db'));
  const rows = await reader.peek('tele', 0, 1_000_000);
  await reader.close();
  const bodies = rows.map(({ text }) => (JSON.parse(text) as { body: TelemetryBody }).body);
  const [first, last] = [bodies[0]?.from.monoNs ?? 0, bodies.at(-1)?.to.monoNs ?? 0];
  return bodies.reduce((sum, { values }) => sum + values, 0) / ((last - first) / 1e9);
}

export async function gasCpu(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-gas-cpu-'));
  const instruments = start([path.join(here, 'gas-cpu.instruments.child.ts'), String(3 * analyzers)]);
  const [ports] = (await once(instruments, 'message')) as [number[]];
  const portsOf = (n: number): number[] => ports.slice(n * analyzers, (n + 1) * analyzers);
  const boxOf = (n: number, withModel: boolean) => {
    const own = path.join(folder, String(n));
    const state = path.join(own, 'state');
    mkdirSync(path.join(state, 'spool'), { recursive: true });
    const config = layBench(own, portsOf(n), { withModel });
    const profile = process.env.FIELDPOST_BENCH_PROFILE;
    const args = ['gas', '--config', config, '--device', 'bench', '--state', state];
    const child = start([
      ...(profile ? ['--cpu-prof', '--cpu-prof-dir', profile] : []),
      ...report,
      path.join(here, '../../daemons/main.ts'),
      ...args,
    ]);
    return { child, state };
  };
  const plain = start([
    ...report,
    path.join(here, 'gas-cpu.plain.child.ts'),
    String(periodMs),
    ...portsOf(2).map(String),
  ]);
  const [lean, whole] = [boxOf(0, false), boxOf(1, true)];
  await sleep(warmMs);
  const { of, stalled } = await shares([lean.child, whole.child, plain]);
  const [ours = [], inferring = [], theirs = []] = of;
  for (const { child } of [lean, whole]) child.kill('SIGTERM');
  await Promise.all([lean, whole].map(({ child }) => (child.exitCode === null ? once(child, 'exit') : null)));
  const perS = await Promise.all([lean, whole].map(({ state }) => keptPerS(state)));
  plain.disconnect();
  instruments.disconnect();
  const bytes = readdirSync(path.join(lean.state, 'spool')).reduce(
    (sum, file) => sum + statSync(path.join(lean.state, 'spool', file)).size,
    0,
  );
  rmSync(folder, { recursive: true, force: true });

  const figure = (id: string, samples: readonly number[], place: 0 | 1, reach: number): Figure => {
    const share = median(samples);
    const base = median(theirs);
    const values = perS[place] ?? 0;
    return {
      id,
      value: 100 * share,
      unit: '% of a core',
      baseline: 100 * base,
      ratio: share / base,
      reach: `<= ${100 * reach} %`,
      // A daemon that keeps too little has not done the work.
      ok: share <= reach && values >= (stalled > 0 ? 0.5 : 0.9) * 2 * channels * (1000 / periodMs),
      note: `median of ${windows} windows of ${windowMs / 1000} s (${samples.map((one) => (100 * one).toFixed(1)).join(', ')}), getrusage of the whole daemon with its spool; ${stalled} windows taken again because the machine stood still; ${channels} channels at ${1000 / periodMs} Hz over Modbus RTU on TCP, ${Math.round(values)} values/s kept, ${Math.round(bytes / 1000)} kB on disk; baseline: a script that reads the same bytes and keeps nothing`,
    };
  };
  return [figure('gas.cpu', ours, 0, 0.02), figure('gas.line', inferring, 1, 0.04)];
}
