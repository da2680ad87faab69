import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Fault } from '../ports/fault.ts';

const run = promisify(execFile);
/** A stop may take the 30 s of its unit, a start the 180 s of one that waits for its disk. */
const patienceMs = 240_000;

/** The unit of a daemon of this box. */
export const unitOf = (daemon: string): string => `fieldpost@${daemon}.service`;

/** What systemctl prints. Errors: Fault `refused` with what it says. */
export async function systemctl(...args: readonly string[]): Promise<string> {
  try {
    return (await run('systemctl', ['--no-ask-password', ...args], { timeout: patienceMs })).stdout;
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    throw new Fault('refused', `systemctl ${args.join(' ')}: ${stderr.trim() || message}`, error);
  }
}
