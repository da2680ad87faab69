/** A whole arm64 machine, emulated on another processor (deploy/image/machine.sh): slow, with Debian's kernel and its systemd. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { mirror } from '../support/packaged.ts';
import { ran } from './ran.ts';

export const recipe = path.join(import.meta.dirname, '../../deploy/image');
const cache = path.join(os.homedir(), '.cache/fieldpost');

/** Where root.sh laid a plain Debian for arm64 and what starts it: once a state of the recipe, outside the clone. */
export async function debianArm64(say: (text: string) => void): Promise<string> {
  const sum = createHash('sha256');
  for (const name of ['root.sh', 'with-arm64.sh', 'init']) sum.update(readFileSync(path.join(recipe, name)));
  const room = path.join(cache, `arm64-system-${sum.digest('hex').slice(0, 12)}`);
  if (existsSync(room)) return room;
  say('makes a Debian for arm64, once: ten minutes or more');
  mkdirSync(cache, { recursive: true });
  const making = mkdtempSync(path.join(cache, 'making-'));
  try {
    await ran(path.join(recipe, 'root.sh'), making, await mirror());
    renameSync(making, room);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return room;
}

export interface Boot {
  readonly room: string;
  readonly disk: string;
  /** Laid over the root before systemd starts. */
  readonly payload?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Machine {
  readonly child: ChildProcess;
  /** Resolves when it powered off or was killed. */
  readonly ended: Promise<void>;
  /** The end of what its serial line said. */
  console(): string;
}

export function boot({ room, disk, payload, env = {} }: Boot): Machine {
  const words = ['-n', '15', path.join(recipe, 'machine.sh'), room, disk, ...(payload ? [payload] : [])];
  const child = spawn('nice', words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  process.once('exit', () => child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-1_000_000);
    });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return { child, ended, console: () => said };
}

/** Resolves when the machine ended; after the limit it is switched off. False: it was. */
export async function endsWithin({ child, ended }: Machine, limitMs: number): Promise<boolean> {
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, limitMs);
  await ended;
  clearTimeout(late);
  return !isLate;
}
