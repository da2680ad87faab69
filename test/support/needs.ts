import { accessSync, constants, globSync } from 'node:fs';
import path from 'node:path';

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * Where a program is, searched like a shell does and where Debian keeps servers: the sbin folders, and PostgreSQL's newest
 * version in a folder of its own. null if nowhere.
 */
export function findProgram(program: string): string | null {
  const postgres = globSync('/usr/lib/postgresql/*/bin').sort().reverse();
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin', ...postgres];
  return folders.map((folder) => path.join(folder, program)).find(isProgram) ?? null;
}

/**
 * Whether a Debian program is there for a test that needs it. Says by name what is skipped; on CI nothing may be
 * skipped, so there it throws.
 */
export function needs(program: string, title: string): boolean {
  if (findProgram(program)) return true;
  const sentence = `skipped: ${title}: no ${program}`;
  if (process.env.CI) throw new Error(`${sentence}, and on CI nothing is skipped`);
  process.stdout.write(`${sentence}\n`);
  return false;
}

/** Whether a test that a machine can lack something for may run. Says by name what is skipped: `lack` is the reason. */
export function allows(lack: string | null, title: string): boolean {
  if (lack !== null) process.stdout.write(`skipped: ${title}: ${lack}\n`);
  return lack === null;
}
