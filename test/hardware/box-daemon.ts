/**
 * A daemon of the box as a process of the packaged executable in the guest: its files and state lie in memory, for the root is read-only
 * there, the executable's own folder with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { type Kept, keptIn } from '../support/kept.ts';
import { unitEnvironment } from '../support/unit-environment.ts';

/** The only place that the guest can write to: see init.sh. */
const room = '/run';

export interface BoxFiles {
  readonly board: Readonly<Record<string, unknown>>;
  readonly profile: Readonly<Record<string, unknown>>;
}

export interface GuestBox {
  readonly state: string;
  /** Writes the board's file anew, for the next start: somebody exchanged a part. */
  solder(board: BoxFiles['board']): void;
  /** Starts the daemon; resolves with its process at once. */
  start(): ChildProcess;
  /** Ends the process that was started last; resolves with its exit code when it is gone. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Runs a verb on the box's state; resolves with its exit code and what it said. */
  verb(...words: string[]): Promise<{ readonly status: number | null; readonly said: string }>;
  upToNow(): Promise<Kept>;
  /** Resolves when something is found that was kept after `since`. Errors: when the daemon ends before, with its words. */
  until<T>(find: (kept: Kept) => T | undefined, since?: Kept): Promise<T>;
}

/** Lays the files of a box for a daemon of the executable `program` by its verb: gas, camera, dock. */
export function guestBox(program: string, daemon: 'gas' | 'camera' | 'dock', { board, profile }: BoxFiles): GuestBox {
  const folder = mkdtempSync(path.join(room, 'box-'));
  const [config, state] = [path.join(folder, 'config'), path.join(folder, 'state')];
  const put = (kind: string, value: object): void => {
    mkdirSync(path.join(config, kind), { recursive: true });
    writeFileSync(path.join(config, kind, 'bench.yaml'), stringify(value));
  };
  put('devices', { device: 'bench', site: 'bench', board: 'bench', profile: 'bench' });
  const solder = (soldered: BoxFiles['board']): void =>
    put('boards', { board: 'bench', simulated: true, sensors: [], ...soldered });
  solder(board);
  put('profiles', { profile: 'bench', ...profile });
  mkdirSync(path.join(state, 'spool'), { recursive: true });
  // Each look costs a processor that the daemon shares.
  const kept = keptIn(path.join(state, 'spool', `${daemon}.db`), 250);
  const run = (...words: string[]): { child: ChildProcess; said: () => string; gone: Promise<number | null> } => {
    const child = spawn(program, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, TMPDIR: room, ...unitEnvironment(daemon) },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-20_000);
        // The last words of the guest, where it does not come to its end.
        process.stderr.write(text);
      });
    const gone = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
    return { child, said: () => said, gone };
  };
  let running: ReturnType<typeof run> | null = null;
  let ended = new Promise<string>(() => {});
  return {
    state,
    solder,
    start: () => {
      const feed = path.join(folder, 'feed.sock');
      const one = run(daemon, '--config', config, '--device', 'bench', '--state', state, '--feed', feed);
      running = one;
      ended = one.gone.then(() => `the ${daemon} daemon ended:\n${one.said()}`);
      return one.child;
    },
    end: async (signal) => {
      running?.child.kill(signal);
      return (await running?.gone) ?? null;
    },
    verb: async (...words) => {
      const { said, gone } = run(...words, '--state', state);
      return { status: await gone, said: said() };
    },
    upToNow: kept.upToNow,
    until: (find, since) => kept.until(find, { since, ended }),
  };
}
