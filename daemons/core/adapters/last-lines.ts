/** What daemons said last: from the journal of systemd, or kept here where this process runs them. */
import { execFile } from 'node:child_process';
import { unitOf } from './systemctl.ts';

export interface LastLines {
  /** Takes a line that a daemon under this process printed. */
  keep(line: string): void;
  /** The last lines of a daemon since so many seconds; '' where nobody kept them. */
  of(daemon: string, lines: number, sinceS: number): Promise<string>;
}

const patienceMs = 5000;
const mostBytes = 4_000_000;

export const journalLines: LastLines = {
  keep: () => {},
  of: (daemon, lines, sinceS) => {
    const words = ['--unit', unitOf(daemon), '--lines', `${lines}`, '--since', `-${sinceS}s`, '--output', 'cat'];
    return new Promise((resolve) => {
      execFile(
        'journalctl',
        [...words, '--no-pager', '--quiet'],
        { timeout: patienceMs, maxBuffer: mostBytes },
        (error, stdout) => resolve(error ? '' : stdout),
      );
    });
  },
};

/** Lines are of the daemon whose name the log gives; `mostKept` of all daemons together. */
export function keptLines(mostKept: number): LastLines {
  const kept: { readonly atMs: number; readonly line: string }[] = [];
  return {
    keep: (line) => {
      kept.push({ atMs: performance.now(), line });
      if (kept.length > mostKept) kept.shift();
    },
    of: async (daemon, lines, sinceS) =>
      kept
        .filter(({ atMs, line }) => performance.now() - atMs <= sinceS * 1000 && line.includes(`"daemon":"${daemon}"`))
        .slice(-lines)
        .map(({ line }) => line)
        .join('\n'),
  };
}
