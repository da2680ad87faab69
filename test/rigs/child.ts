import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Readable } from 'node:stream';

export interface Child {
  readonly process: ChildProcess;
  /** Complete lines that it printed. */
  readonly lines: readonly string[];
  /** Resolves once it is gone and everything it printed was read. */
  readonly ended: Promise<void>;
  /** Resolves at the first line that matches, or when it is gone. */
  says(pattern: RegExp): Promise<void>;
}

let cache: string | null = null;

/**
 * Where children keep what they compiled, so that each of hundreds starts in half the time. A child that is killed leaves
 * nothing in it: let one end by itself first.
 */
export function compileCache(): string {
  if (cache !== null) return cache;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-compiled-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  cache = folder;
  return folder;
}

/** Hands complete lines to `hear`; what a process was printing when it died is no line. Resolves at the end. */
export function hearLines(from: Readable, hear: (line: string) => void): Promise<void> {
  let rest = '';
  from.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) hear(line);
  });
  return new Promise((resolve) => from.once('close', () => resolve()));
}

/** Starts a TypeScript program of ours; its stdout is read line by line, its stderr is ours. It dies with us. */
export function startChild(file: string, args: readonly string[]): Child {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache() },
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  void hearLines(child.stdout, (line) => {
    lines.push(line);
    for (const look of waiting) look();
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const says = (pattern: RegExp): Promise<void> => {
    let looked = 0;
    const said = new Promise<void>((resolve) => {
      const look = (): void => {
        const said = lines.slice(looked).some((line) => pattern.test(line));
        looked = lines.length;
        if (!said) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
    return Promise.race([said, ended]);
  };
  return { process: child, lines, ended, says };
}

/** Kills it with SIGKILL and waits until nothing of it is left. */
export async function killChild(child: Child): Promise<void> {
  child.process.kill('SIGKILL');
  await child.ended;
}
