/** The files of a run that did not pass, out of what ava says as it goes. */
import { existsSync } from 'node:fs';
import path from 'node:path';

/** A worker that ended, hung or threw outside of a test is named by its path; indented further it is the output of a test. */
const byPath =
  /^ {0,2}(?:Uncaught exception in|Unhandled rejection in|\d+ tests? were pending in|✘|✘ No tests found in) (test\/\S+\.test\.ts)/;
const byTitle = /^ {2}✘ \[fail\]: (.+)$/;

/**
 * The file that a line of ava's output says did not pass, or null. A failed test is told by its title, which begins with the folders and
 * the name of its file below `test`; where no such file is found the title itself is given.
 */
export function failedFileIn(root: string, line: string): string | null {
  const named = byPath.exec(line)?.[1];
  if (named) return named;
  const title = byTitle.exec(line)?.[1];
  if (title === undefined) return null;
  const parts = title.split(' › ');
  const files = parts.map((_, i) => `test/${parts.slice(0, i + 1).join('/')}.test.ts`);
  return files.find((file) => existsSync(path.join(root, file))) ?? title;
}
