/**
 * Where the disk of a spool is mounted. While it is away its mount point is an empty folder of another disk: a spool made in there
 * would take alerts that nobody sees again once the disk is back over it.
 */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const deviceOf = (path: string): number | null => statSync(path, { throwIfNoEntry: false })?.dev ?? null;

/** The mount point over a path of which not all need exist; null on the root file system. Errors: the file system's own. */
export function mountOf(path: string): string | null {
  let at = resolve(path);
  while (deviceOf(at) === null) at = dirname(at);
  const device = deviceOf(at);
  for (let up = dirname(at); up !== at; up = dirname(at)) {
    if (deviceOf(up) !== device) return at;
    at = up;
  }
  return null;
}

/** Errors: a refusal of the world that says what is missing, when nothing is mounted there. */
export function mustBeMounted(mount: string): void {
  const device = deviceOf(mount);
  if (device !== null && device !== deviceOf(dirname(mount))) return;
  const why = `nothing is mounted at ${mount} any more; mount its disk again`;
  throw Object.assign(new Error(why), { code: 'ENODEV', syscall: 'stat', why });
}
