/** What the kernel says of processes that the bench started. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

const readOr = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // A thread, or a process that is being killed, may be gone between two looks.
    return '';
  }
};

/** Nanoseconds of CPU that the threads which live now have used (proc(5), schedstat). */
export function threadNs(pids: readonly number[]): number {
  return pids
    .flatMap((pid) => readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/schedstat`))
    .reduce((sum, file) => sum + Number(readOr(file).split(' ')[0] ?? 0), 0);
}

/** KiB of memory that these processes take of the machine: what is shared is divided among those who share it. */
export function pssKib(pids: readonly number[]): number {
  return pids
    .map((pid) => Number(/^Pss:\s+(\d+) kB/m.exec(readOr(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0))
    .reduce((sum, one) => sum + one, 0);
}
