import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';

/** A process of a contestant: killed as a power cut would, started again as systemd would, when the bench says so. */
export interface Launched {
  /** Of the process that runs now. */
  readonly pid: number;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  start(): void;
  /** SIGTERM, and SIGKILL to one that does not go; resolves when it is gone. */
  stop(): Promise<void>;
}

/** What a process is given to end by itself, in ms. */
const leaveMs = 15_000;

/** It dies with this process. What it says goes to stderr where `FIELDPOST_BENCH_SAID` is set. */
export function launch(command: readonly string[], env: Readonly<Record<string, string>>, cwd?: string): Launched {
  const said = process.env.FIELDPOST_BENCH_SAID ? 2 : 'ignore';
  let child: ChildProcess | null = null;
  let gone = Promise.resolve();
  const start = (): void => {
    const { NODE_OPTIONS: _own, ...around } = process.env;
    const one = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
      stdio: ['ignore', said, said],
      env: { ...around, ...env },
      ...(cwd ? { cwd } : {}),
    });
    child = one;
    gone = new Promise((resolve) => one.once('close', () => resolve()));
  };
  start();
  return {
    get pid() {
      return child?.pid ?? 0;
    },
    start,
    kill: async () => {
      child?.kill('SIGKILL');
      await gone;
    },
    stop: async () => {
      child?.kill('SIGTERM');
      const late = setTimeout(() => child?.kill('SIGKILL'), leaveMs);
      await gone;
      clearTimeout(late);
    },
  };
}
