import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { compileCache, hearLines } from './child.ts';

/** A process that is started again whenever it dies, as systemd would. */
export interface Kept {
  /** SIGKILL; the next one starts as soon as it is gone. */
  kill(): void;
  /** SIGKILL; resolves when it is gone and everything it printed was heard. The next one starts at `start`. */
  killAndHold(): Promise<void>;
  start(): void;
  /** Stands still, as a machine that hangs, until `go`. */
  stop(): void;
  go(): void;
  /** Killed for good. */
  close(): Promise<void>;
}

/** `command` is a program and its arguments; it dies with this process. `hear` gets the lines it prints. */
export function keepRunning(command: readonly string[], hear: (line: string) => void = () => {}): Kept {
  let child: ChildProcess | null = null;
  let gone = Promise.resolve();
  let wanted = true;
  const start = (): void => {
    wanted = true;
    if (child !== null) return;
    const one = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache() },
    });
    child = one;
    const heard = hearLines(one.stdout, hear);
    gone = new Promise<void>((resolve) => one.once('close', () => resolve())).then(async () => {
      await heard;
      child = null;
      if (wanted) start();
    });
  };
  start();
  const killAndHold = async (): Promise<void> => {
    wanted = false;
    child?.kill('SIGKILL');
    await gone;
  };
  return {
    kill: () => void child?.kill('SIGKILL'),
    killAndHold,
    start,
    stop: () => void child?.kill('SIGSTOP'),
    go: () => void child?.kill('SIGCONT'),
    close: killAndHold,
  };
}
