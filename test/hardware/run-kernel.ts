/** Starts the User-Mode-Linux kernel with the guest script, and says what became of it: an end without a word tells nobody anything. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface KernelRun {
  /** What the guest's command ended with; empty when it never came to its end. */
  readonly code: string;
  readonly stdout: string;
  readonly stderr: string;
  /** The end of what the kernel said on its console and on its own error stream. */
  readonly kernel: string;
  /** How the kernel's process ended, for a person. */
  readonly ended: string;
}

export interface KernelOptions {
  readonly program: string;
  /** A script that runs as root in the kernel. */
  readonly command: string;
  readonly init: string;
  readonly limitMs: number;
  readonly memoryMb?: number;
  /** Folders in which the kernel's memory may lie, the best first. */
  readonly rooms?: readonly string[];
}

const told = 8000;

/**
 * The kernel maps its memory from a file. Where that file finds no room the process is killed in the midst of a write (SIGBUS,
 * nothing is said): a container's /dev/shm often has 64 MB. Errors: names the folders and what is free in each.
 */
function roomFor(megabytes: number, rooms: readonly string[]): string {
  const free = rooms.map((folder): readonly [string, number] => {
    if (!existsSync(folder)) return [folder, 0];
    const { bavail, bsize } = statfsSync(folder);
    return [folder, Math.floor((bavail * bsize) / 1_048_576)];
  });
  const found = free.find(([, has]) => has >= megabytes);
  if (found) return found[0];
  const said = free.map(([folder, has]) => `${folder} has ${has} MB free`).join(', ');
  throw new Error(`the kernel bench needs ${megabytes} MB for the kernel's memory: ${said}`);
}

/** The kernel is several processes: its group is ended, not the first of them alone. */
function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself in between.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Runs it once, with the machine's root read-only. It ends with this process at the latest. */
export async function runKernel(options: KernelOptions): Promise<KernelRun> {
  const { program, command, init, limitMs, memoryMb = 1024, rooms = ['/dev/shm', os.tmpdir()] } = options;
  const room = roomFor(memoryMb, rooms);
  const out = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-kernel-'));
  const left = (name: string): string => {
    const file = path.join(out, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  try {
    writeFileSync(path.join(out, 'command'), command);
    const words = `mem=${memoryMb}M rootfstype=hostfs rootflags=/ ro quiet loglevel=3 con=null con0=null,fd:1 uml_dir=${out}/`;
    const begunMs = performance.now();
    const child = spawn(program, [...words.split(' '), `init=${init}`, `OUT=${out}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, TMPDIR: room },
    });
    let said = '';
    const hear = (text: string): void => {
      said = (said + text).slice(-told);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      endGroup(child);
    }, limitMs);
    const withUs = (): void => endGroup(child);
    process.once('exit', withUs);
    const end = await new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`could not be started (${error.message})`));
      child.once('close', (code, signal) => resolve(signal ? `was killed by ${signal}` : `ended with ${code}`));
    });
    clearTimeout(timer);
    process.off('exit', withUs);
    const seconds = ((performance.now() - begunMs) / 1000).toFixed(0);
    const ended = isLate
      ? `had not ended after ${Number((limitMs / 1000).toPrecision(3))} s and was killed`
      : `${end} after ${seconds} s`;
    return { code: left('code').trim(), stdout: left('stdout'), stderr: left('stderr'), kernel: said, ended };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** For whoever sees it fail: how far it came, what ended it, and the last words of guest and kernel. */
export function wordsOn({ code, stdout, stderr, kernel, ended }: KernelRun): string {
  const far = code === '' ? 'the guest never came to its end' : `the guest ended with "${code}"`;
  const last = (text: string): string => text.trim().slice(-2000) || '(nothing)';
  return [
    `${far}; the kernel ${ended}`,
    `the guest's errors: ${last(stderr)}`,
    `the guest's last output: ${last(stdout)}`,
    `the kernel's last words: ${last(kernel)}`,
  ].join('\n');
}
