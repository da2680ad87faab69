/** The User-Mode-Linux kernel of the benches: started with a script of this folder, which says on stdout what it found. */
import path from 'node:path';
import { type KernelRun, runKernel, wordsOn } from './run-kernel.ts';

/** A loaded machine needs some minutes. */
export const limitMs = 420_000;
/** Where whole daemons start in the guest, which takes each of them half a minute or more. */
export const daemonsLimitMs = 600_000;

/**
 * Runs a script of this folder as root in the kernel and gives what it left. A kernel whose processes somebody stops (SIGSTOP, signal
 * 19) panics when they go on: it is started again, for that reason alone, and in the same time. Errors: when the script did not
 * end well, with the last words of script and kernel.
 */
export async function runGuest(
  program: string,
  [guest = '', ...args]: readonly string[],
  endMs = performance.now() + limitMs,
): Promise<KernelRun> {
  const done = await runKernel({
    program,
    command: `exec ${process.execPath} ${path.join(import.meta.dirname, guest)} ${args.join(' ')}\n`,
    init: path.join(import.meta.dirname, 'init.sh'),
    limitMs: endMs - performance.now(),
  });
  const isStopped = done.code === '' && done.kernel.includes('child stopped with signal 19');
  if (isStopped && performance.now() < endMs - 10_000) return runGuest(program, [guest, ...args], endMs);
  if (done.code !== '0') throw new Error(wordsOn(done));
  return done;
}
