/** The real gas daemon on simulated instruments, with its state on a disk of the test's choice. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { parse, stringify } from 'yaml';
import { type Addresses, laySite } from '../../daemons/tools/simulate/site.ts';
import { startInstrument } from '../../daemons/tools/simulate/supervise.ts';

const root = path.join(import.meta.dirname, '../..');
const main = path.join(root, 'daemons/main.ts');

export interface GasPost {
  /** Complete lines of its log so far. */
  readonly lines: readonly string[];
  /** Resolves at the first line from `from` on that matches, with its place; rejects when the daemon ends before. */
  says(pattern: RegExp, from?: number): Promise<number>;
  readonly process: ChildProcess;
  /** SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>;
}

export interface Posts {
  /** Folder of the box's state, the mount point of a disk for example; its contents must be laid by `lay`. */
  readonly state: string;
  /** What of the profile is different. */
  readonly profile: Readonly<Record<string, unknown>>;
  /** What of the board is different, ports merged by kind. */
  readonly board?: Readonly<Record<string, unknown>>;
}

/** Lays the configuration and starts the instruments; `start` may be called several times. */
export async function layGasPost({ state, profile, board = {} }: Posts) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-post-'));
  const world = { seed: 3, startMs: Date.now() - 9000 };
  const instruments = await Promise.all(
    ['i2c-bus', 'modbus-tcp', 'modbus-pty', 'winsen'].map((kind) => startInstrument(kind, world)),
  );
  const [bus, analyzer, pid, module] = instruments.map((one) => one.address);
  const site = await laySite(
    folder,
    path.join(root, 'firmware-configs'),
    { main: bus, analyzer, pid, module } as Addresses,
    'mqtt://127.0.0.1:1',
  );
  const file = path.join(site.config, 'profiles', 'gas-vapour.yaml');
  const whole = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(
    file,
    stringify({ ...whole, ...profile, gas: { ...(whole.gas as object), ...(profile.gas as object) } }),
  );
  const boardFile = path.join(site.config, 'boards', 'sim-gas-8.yaml');
  const soldered = parse(readFileSync(boardFile, 'utf8')) as Record<string, unknown>;
  const ports = { ...(soldered.ports as object), ...(board.ports as object) };
  writeFileSync(boardFile, stringify({ ...soldered, ...board, ports }));

  const start = (): GasPost => {
    const args = [main, 'gas', '--config', site.config, '--device', 'post-1', '--state', state, '--with-parent'];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.on('error', () => {});
    const lines: string[] = [];
    const looks = new Set<() => void>();
    readline.createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      for (const look of looks) look();
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
    const says: GasPost['says'] = (pattern, from = 0) =>
      new Promise((resolve, reject) => {
        let at = from;
        const look = (): void => {
          for (; at < lines.length; at++) {
            if (!pattern.test(lines[at] ?? '')) continue;
            looks.delete(look);
            resolve(at);
            return;
          }
        };
        looks.add(look);
        look();
        void ended.then(() => reject(new Error(`gas ended before it said ${pattern}:\n${lines.join('\n')}`)));
      });
    const stop = (): Promise<number | null> => {
      child.kill('SIGTERM');
      return ended;
    };
    return { lines, says, process: child, stop };
  };
  const close = (): void => {
    for (const one of instruments) one.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  /** A gas at the ammonia analyzer's inlet, or the air again. */
  const connect = (gas: { readonly ammonia: number } | null): Promise<void> =>
    instruments[1]?.connect(gas) ?? Promise.resolve();
  return { start, connect, close };
}
