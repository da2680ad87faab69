import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';

const skipped = (title: string, why: string): void => {
  process.stderr.write(`skipped: ${title}: ${why}\n`);
};

/**
 * Whether a program that Debian holds is on this machine. A suite that needs one says so by name where it is missing;
 * on CI nothing may be missing, so there it is an error.
 */
export function needs(program: string, title: string): boolean {
  if (spawnSync('sh', ['-c', 'command -v "$0"', program]).status === 0) return true;
  if (process.env.CI) throw new Error(`${title} needs ${program}, and on CI no suite may skip`);
  skipped(title, `no ${program}`);
  return false;
}

/** Whether a folder of real data is there: it is never part of the project, so a suite may skip without it, on CI too. */
export function needsData(folder: string, title: string): boolean {
  if (existsSync(folder)) return true;
  skipped(title, 'no data');
  return false;
}
