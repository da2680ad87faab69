/**
 * A fleet that loses its one broker at once: a real Mosquitto is killed under it and comes back after some seconds. Counted
 * are the connection attempts in the worst second, and what was lost: every device raises an alert before and one meanwhile.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { mosquitto } from '../support/mosquitto.ts';
import { hearLines } from './child.ts';
import { keepRunning } from './keep-running.ts';
import type { DevicesSetup } from './storm-devices.ts';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');
const program = path.join(import.meta.dirname, 'storm-devices.ts');
/** Connections that one process holds at the most. */
const ofProcess = 1250;

export interface StormPlan {
  readonly devices: number;
  readonly attemptsPerS: number;
  /** How long the broker stays away. */
  readonly awayMs: number;
  readonly limitMs: number;
  say(text: string): void;
}

export interface StormVerdict {
  /** The most attempts in any second after the broker went, and how many there were in all. */
  readonly peakPerS: number;
  readonly attempts: number;
  /** How late the timers of the simulating processes were at the most after the broker went: the machine's share, in ms. */
  readonly lateMs: number;
  /** Seconds from the broker's return until every device was connected and had its receipts; null when that never came. */
  readonly backAfterS: number | null;
  readonly raised: number;
  readonly lost: number;
  readonly doubled: number;
}

interface Fleet {
  readonly connected: number;
  readonly settled: number;
  readonly attempts: readonly number[];
  /** How late timers were at the most since the last time this was asked, in ms. */
  takeLateMs(): number;
  raise(): void;
  close(): Promise<void>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function startFleet(url: string, { devices, attemptsPerS }: StormPlan): Fleet {
  const attempts: number[] = [];
  let lateMs = 0;
  const shares = Array.from({ length: Math.ceil(devices / ofProcess) }, (_, i) => {
    const setup: DevicesSetup = {
      url,
      first: i * ofProcess,
      count: Math.min(ofProcess, devices - i * ofProcess),
      reconnect: { fleet: devices, attemptsPerS },
      startPerS: 100,
    };
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, program, JSON.stringify(setup)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const state = { connected: 0, settled: 0 };
    const ended = hearLines(child.stdout, (line) => {
      const [word, first = '', second = '', third = ''] = line.split(' ');
      if (word === 'attempts') for (const one of first.split(',')) attempts.push(Number(one));
      else {
        Object.assign(state, { connected: Number(first), settled: Number(second) });
        lateMs = Math.max(lateMs, Number(third));
      }
    });
    return { child, state, ended };
  });
  const sum = (field: 'connected' | 'settled'): number => shares.reduce((total, { state }) => total + state[field], 0);
  return {
    get connected() {
      return sum('connected');
    },
    get settled() {
      return sum('settled');
    },
    attempts,
    takeLateMs: () => {
      const most = lateMs;
      lateMs = 0;
      return most;
    },
    raise: () => {
      for (const { child } of shares) child.stdin.write('raise\n');
    },
    close: async () => {
      for (const { child } of shares) child.kill('SIGKILL');
      await Promise.all(shares.map(({ ended }) => ended));
    },
  };
}

/** The most moments in any second, wherever that second begins. */
export function peakPerS(moments: readonly number[]): number {
  const sorted = moments.toSorted((a, b) => a - b);
  let first = 0;
  return sorted.reduce((peak, moment, i) => {
    while (moment - (sorted[first] ?? 0) >= 1000) first += 1;
    return Math.max(peak, i - first + 1);
  }, 0);
}

export async function storm(plan: StormPlan): Promise<StormVerdict> {
  const { devices, awayMs, limitMs, say } = plan;
  const home = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-storm-'));
  const store = path.join(home, 'records.db');
  await (await openRecords(store)).close();
  const broker = await mosquitto({ lines: ['max_queued_messages 20000'] });
  await broker.start();
  const ledger = keepRunning([process.execPath, main, 'ledger', '--broker', broker.url, '--records', store]);
  const fleet = startFleet(broker.url, plan);
  try {
    const until = async (goal: string, holds: () => boolean): Promise<boolean> => {
      const endMs = performance.now() + limitMs;
      while (!holds() && performance.now() < endMs) await pause(100);
      say(`${goal}: ${fleet.connected} connected, ${fleet.settled} alerts settled`);
      return holds();
    };
    await until('the fleet is up', () => fleet.connected === devices);
    fleet.raise();
    await until('an alert each', () => fleet.settled === devices);
    const wentMs = Date.now();
    fleet.takeLateMs();
    await broker.kill();
    fleet.raise();
    await pause(awayMs);
    await broker.start();
    const cameMs = performance.now();
    const isBack = await until('back', () => fleet.connected === devices && fleet.settled === 2 * devices);
    const backAfterS = isBack ? (performance.now() - cameMs) / 1000 : null;
    const attempts = fleet.attempts.filter((moment) => moment >= wentMs);
    const records = await openRecords(store);
    const { alerts } = await records.counts();
    const doubled = await records.doubledEffects();
    await records.close();
    const raised = 2 * devices;
    return {
      peakPerS: peakPerS(attempts),
      attempts: attempts.length,
      lateMs: fleet.takeLateMs(),
      backAfterS,
      raised,
      lost: raised - alerts,
      doubled,
    };
  } finally {
    await fleet.close();
    await ledger.close();
    await broker.close();
    rmSync(home, { recursive: true, force: true });
  }
}
