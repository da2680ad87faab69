/** The User-Mode-Linux kernel of the bench: started with a script of this folder, which says on stdout what it found. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const limitMs = 240_000;

export interface Ran {
  readonly code: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly kernel: string;
}

/** Runs a script of this folder as root in the kernel, with the machine's root read-only, and gives what it left. */
async function run(program: string, [guest = '', ...args]: readonly string[]): Promise<Ran> {
  const out = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-kernel-'));
  const left = (name: string): string => {
    const file = path.join(out, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  try {
    writeFileSync(
      path.join(out, 'command'),
      `exec ${process.execPath} ${path.join(import.meta.dirname, guest)} ${args.join(' ')}\n`,
    );
    const init = path.join(import.meta.dirname, 'init.sh');
    const options = 'mem=1024M rootfstype=hostfs rootflags=/ ro quiet loglevel=3 con=null con0=null,fd:1'.split(' ');
    const child = spawn(program, [...options, `init=${init}`, `OUT=${out}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-8000);
    });
    // The kernel is several processes: its group is ended, not the first of them alone.
    const end = (): void => {
      if (child.pid && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    };
    const timer = setTimeout(end, limitMs);
    await new Promise((resolve) => child.once('close', resolve));
    clearTimeout(timer);
    return { code: left('code').trim(), stdout: left('stdout'), stderr: left('stderr'), kernel: said };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** A User-Mode-Linux kernel whose processes somebody stops (SIGSTOP, signal 19) panics when they go on: it is started again. */
export async function runGuest(program: string, guest: readonly string[], tries = 5): Promise<Ran> {
  const done = await run(program, guest);
  return tries > 1 && done.kernel.includes('child stopped with signal 19') ? runGuest(program, guest, tries - 1) : done;
}
