/** `fieldpost VERB ...` as a process, run to its end. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export const fieldpost = (args: readonly string[]): Promise<Ran> => startFieldpost(args).ran;

/** The same, for one that is to be ended: `ran` resolves when it has. */
export function startFieldpost(args: readonly string[]): {
  readonly ran: Promise<Ran>;
  kill(signal: NodeJS.Signals): void;
} {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const ran = new Promise<Ran>((resolve) => child.on('close', (code) => resolve({ code, ...said })));
  return { ran, kill: (signal) => void child.kill(signal) };
}
