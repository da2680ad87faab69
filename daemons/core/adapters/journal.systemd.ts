/** What a daemon said last, from the journal of systemd. */
import { execFile } from 'node:child_process';
import { unitOf } from './systemctl.ts';

const patienceMs = 5000;
const mostBytes = 1_000_000;

/** The last lines of a daemon since so many seconds; '' where there is no journal, or it does not answer. */
export function journalOf(daemon: string, lines: number, sinceS: number): Promise<string> {
  const words = ['--unit', unitOf(daemon), '--lines', `${lines}`, '--since', `-${sinceS}s`, '--output', 'cat'];
  return new Promise((resolve) => {
    execFile(
      'journalctl',
      [...words, '--no-pager', '--quiet'],
      { timeout: patienceMs, maxBuffer: mostBytes },
      (error, stdout) => resolve(error ? '' : stdout),
    );
  });
}
