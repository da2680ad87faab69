/** A real Mosquitto that can be killed and started again on the same port. Nothing it held survives a kill. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { findProgram } from './needs.ts';

export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  /** Starts it where it does not run, and resolves when it says that it listens. */
  start(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when it has put down what it persists and is gone. */
  stop(): Promise<void>;
  /** Killed, and its files removed. */
  close(): Promise<void>;
}

export interface MosquittoSetup {
  readonly host?: string;
  /** What it is started with: `LossyLine.here` for example, or nothing. */
  readonly within?: readonly string[];
  /** More lines of configuration. */
  readonly lines?: readonly string[];
}

/** Of thousands of clients it would say a line each. */
const quiet = ['log_type error', 'log_type warning', 'log_type information'];

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = net.createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });

/** Makes a broker, not started yet. It dies with this process. */
export async function mosquitto({
  host = '127.0.0.1',
  within = [],
  lines = [],
}: MosquittoSetup = {}): Promise<Mosquitto> {
  const port = await freePort();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-mosquitto-'));
  const file = path.join(folder, 'mosquitto.conf');
  writeFileSync(
    file,
    [`listener ${port} ${host}`, 'allow_anonymous true', 'persistence false', ...quiet, ...lines, ''].join('\n'),
  );
  const command = [...within, 'setpriv', '--pdeathsig', 'KILL', findProgram('mosquitto') ?? 'mosquitto', '-c', file];
  let child: ChildProcess | null = null;
  let gone = Promise.resolve();
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    child?.kill(signal);
    await gone;
    child = null;
  };
  const kill = (): Promise<void> => end('SIGKILL');
  const start = async (): Promise<void> => {
    if (child !== null) return;
    const one = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] });
    child = one;
    gone = new Promise((resolve) => one.once('close', () => resolve()));
    let said = '';
    const listening = new Promise<void>((resolve) => {
      one.stderr.setEncoding('utf8').on('data', (text: string) => {
        if (said.length < 10_000) said += text;
        if (/running\n/.test(said)) resolve();
      });
    });
    await Promise.race([
      listening,
      gone.then(() => {
        throw new Error(`mosquitto on ${host}:${port} ended before it listened: ${said}`);
      }),
    ]);
  };
  const close = async (): Promise<void> => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, url: `mqtt://${host}:${port}`, start, kill, stop: () => end('SIGTERM'), close };
}
