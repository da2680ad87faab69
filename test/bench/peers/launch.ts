import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';

/** A process of a contestant, kept running as systemd would: one that ends by itself is started again a second later. */
export interface Launched {
  /** Of the process that runs now. */
  readonly pid: number;
  /** It ended so often that it will never run. */
  readonly hopeless: boolean;
  /** SIGKILL, as a power cut would; resolves when it is gone, and it stays gone until it is started. */
  kill(): Promise<void>;
  start(): void;
  /** SIGTERM, and SIGKILL to one that does not go; resolves when it is gone. */
  stop(): Promise<void>;
}

/** What a process is given to end by itself, in ms. */
const leaveMs = 15_000;
const restartMs = 1000;
/** A broker is away for ten seconds at the most. */
const mostRestarts = 30;

/** It dies with this process. What it says goes to stderr where `FIELDPOST_BENCH_SAID` is set. */
export function launch(command: readonly string[], env: Readonly<Record<string, string>>, cwd?: string): Launched {
  const said = process.env.FIELDPOST_BENCH_SAID ? 2 : 'ignore';
  let child: ChildProcess | null = null;
  let gone = Promise.resolve();
  let isWanted = false;
  let restarts = 0;
  const start = (): void => {
    isWanted = true;
    const { NODE_OPTIONS: _own, ...around } = process.env;
    const one = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
      stdio: ['ignore', said, said],
      env: { ...around, ...env },
      ...(cwd ? { cwd } : {}),
    });
    child = one;
    gone = new Promise((resolve) => one.once('close', () => resolve()));
    one.once('close', () => {
      if (!isWanted || restarts >= mostRestarts) return;
      restarts++;
      setTimeout(() => {
        if (isWanted && child === one) start();
      }, restartMs);
    });
  };
  start();
  return {
    get pid() {
      return child?.pid ?? 0;
    },
    get hopeless() {
      return restarts >= mostRestarts;
    },
    start,
    kill: async () => {
      isWanted = false;
      child?.kill('SIGKILL');
      await gone;
    },
    stop: async () => {
      isWanted = false;
      child?.kill('SIGTERM');
      const late = setTimeout(() => child?.kill('SIGKILL'), leaveMs);
      await gone;
      clearTimeout(late);
    },
  };
}
