import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import readline from 'node:readline';
import { program } from '../place.ts';
import type { FaultName } from './faults.ts';
import type { Inlet } from './inlet.ts';

export interface LogLine {
  readonly daemon: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Supervised {
  /** Sends SIGTERM, and SIGKILL after `graceMs`; resolves with the exit code when it is gone. It is not started again. */
  stop(graceMs: number): Promise<number | null>;
  /** A crash, as a power cut of one process: it is started again as systemd would. */
  kill(): void;
  readonly name: string;
  /** Null before it was started, and after it ended. */
  readonly pid: number | null;
  /** Starts because it ended. */
  readonly restarts: number;
}

const restartMs = 500;

/**
 * Keeps one daemon running: starts it again after it dies, hands its log lines to `onLog`. Its stdin is a pipe of ours:
 * when this process is killed the pipe closes, and the daemon stops by itself.
 */
export function supervise(
  name: string,
  args: readonly string[],
  onLog: (line: LogLine) => void,
  file: string = process.execPath,
): Supervised {
  let child: ChildProcess;
  let wanted = true;
  let restarts = 0;
  let onGone: (code: number | null) => void = () => {};

  const start = (): void => {
    child = spawn(file, [...args, '--with-parent'], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin?.on('error', () => {});
    if (child.stdout) {
      readline.createInterface({ input: child.stdout }).on('line', (text) => onLog(parse(name, text)));
    }
    child.on('exit', (code, signal) => {
      onGone(code);
      if (!wanted) return;
      process.stderr.write(`${name}: ended (${signal ?? `code ${code}`}), starting it again\n`);
      setTimeout(() => {
        if (!wanted) return;
        restarts += 1;
        start();
      }, restartMs);
    });
  };
  start();

  return {
    name,
    get pid() {
      return child.exitCode === null && child.signalCode === null ? (child.pid ?? null) : null;
    },
    get restarts() {
      return restarts;
    },
    kill: () => void child.kill('SIGKILL'),
    stop: (graceMs) => {
      wanted = false;
      if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
      return new Promise((resolve) => {
        const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
        onGone = (code) => {
          clearTimeout(late);
          resolve(code);
        };
        child.kill('SIGTERM');
      });
    },
  };
}

/** A pino line as it is; anything else as its text. */
function parse(daemon: string, text: string): LogLine {
  try {
    const fields = JSON.parse(text) as Record<string, unknown>;
    return { daemon, message: String(fields.message ?? ''), fields };
  } catch {
    return { daemon, message: text, fields: {} };
  }
}

export interface Instrument {
  readonly address: { readonly tcp?: string; readonly path?: string };
  /** Does that wrong from now on (faults.ts); resolves when it does. */
  fault(name: FaultName): Promise<void>;
  /** Puts a calibration gas to its inlet, or takes it away with null; resolves when it is so. */
  connect(gas: Inlet | null): Promise<void>;
  /** Lets the scene begin that it `waits` for; resolves when it knows. */
  begin(atMs: number): Promise<void>;
  /** Pulls the plug; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Starts a simulated instrument and resolves when it is ready. Errors: when it ends before. */
export function startInstrument(kind: string, options: object): Promise<Instrument> {
  const words = [...program, 'instrument', kind, JSON.stringify(options)];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => {});
  const gone = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const said: (() => void)[] = [];
  const told = (line: string): Promise<void> =>
    new Promise((done) => {
      said.push(done);
      child.stdin.write(`${line}\n`);
    });
  return new Promise((resolve, reject) => {
    child.on('exit', (code) =>
      reject(new Error(`the simulated instrument ${kind} ended with code ${code} before it was ready`)),
    );
    readline.createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as { ready?: Instrument['address'] };
      if (!line.ready) return said.shift()?.();
      resolve({
        address: line.ready,
        fault: (name) => told(name),
        connect: (gas) => told(JSON.stringify({ inlet: gas })),
        begin: (atMs) => told(JSON.stringify({ beginsMs: atMs })),
        stop: () => {
          child.kill('SIGTERM');
          return gone;
        },
      });
    });
  });
}
