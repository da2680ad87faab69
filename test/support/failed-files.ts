/** The files of a run that did not pass: those that ava keeps a list of, and those of which it only says so as it goes. */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const kept = (root: string): string => path.join(root, 'node_modules/.cache/ava/failing-tests.json');

/** What a worker that ended, hung or threw outside of a test is said to be. */
const saidSo = /(?:Uncaught exception in|Unhandled rejection in|pending in|No tests found in|✘) (test\/\S+\.test\.ts)/;

/** Forgets the list of an earlier run. */
export const forget = (root: string): void => rmSync(kept(root), { force: true });

/** The file that a line of ava's output says did not pass, or null. */
export const failedFileIn = (line: string): string | null => saidSo.exec(line)?.[1] ?? null;

/** Paths from the root. */
export function failedFiles(root: string, said: Iterable<string>): string[] {
  let listed: unknown = [];
  try {
    listed = JSON.parse(readFileSync(kept(root), 'utf8'));
  } catch {
    // Nothing was kept: the run was cut off, or all passed.
  }
  const files = Array.isArray(listed) ? listed.map((file) => path.relative(root, String(file))) : [];
  return [...new Set([...files, ...said])].toSorted();
}
