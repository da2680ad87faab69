import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '../ports/fault.ts';

const run = promisify(execFile);
const patienceMs = 600_000;

/** What an unpacker prints. Errors: Fault `absent` when the disk is full, `refused` when the file is no such archive. */
export async function runUnpacker(file: string, program: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(program, args, { timeout: patienceMs, env: { ...process.env, LC_ALL: 'C' } })).stdout;
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    const why = stderr.trim() || message;
    if (/No space left/.test(why))
      throw new Fault('absent', `${path.basename(file)}: the disk is full: free some space, what runs goes on`, error);
    throw new Fault('refused', `${path.basename(file)}: is not whole, or no archive (${why.slice(0, 300)})`, error);
  }
}
