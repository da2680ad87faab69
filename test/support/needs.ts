import { accessSync, constants, existsSync, globSync } from 'node:fs';
import os from 'node:os';
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
 * version in a folder of its own; never among what npm installed, where other programs have the same names (`nft`). null if
 * nowhere.
 */
export function findProgram(program: string): string | null {
  const postgres = globSync('/usr/lib/postgresql/*/bin').sort().reverse();
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin', ...postgres];
  return (
    folders
      .filter((folder) => !folder.split(path.sep).includes('node_modules'))
      .map((folder) => path.join(folder, program))
      .find(isProgram) ?? null
  );
}

/**
 * Whether a Debian program, or a file of a Debian package (an absolute path), is there for a test that needs it. Says by
 * name what is skipped; on CI `npm test` installs it, so there its absence throws.
 */
export function needs(what: string, title: string): boolean {
  if (path.isAbsolute(what) ? existsSync(what) : findProgram(what)) return true;
  const sentence = `skipped: ${title}: no ${what}`;
  if (process.env.CI) throw new Error(`${sentence}, and on CI no program may be missing`);
  process.stdout.write(`${sentence}\n`);
  return false;
}

const besideTheClone = path.join(import.meta.dirname, '../../../shared');

/** Where it lies, without a word; null if nowhere. */
export function foundOutside(item: string): string | null {
  const places = [path.join(besideTheClone, item), path.join(os.homedir(), '.cache/fieldpost', path.basename(item))];
  return places.find((place) => existsSync(place)) ?? null;
}

/**
 * Where a thing is that no clone holds and no package brings: recorded data, or the kernel of the hardware bench. It lies in
 * `../shared`, or in `~/.cache/fieldpost`; null, and said by name, if nowhere. Also on CI a machine without either folder may
 * lack it; where `../shared` is, something missing from it is a mistake and throws.
 */
export function given(item: string, title: string): string | null {
  const found = foundOutside(item);
  if (found) return found;
  const sentence = `skipped: ${title}: no ../shared/${item}`;
  if (process.env.CI && existsSync(besideTheClone)) throw new Error(`${sentence}, and ../shared is there`);
  process.stdout.write(`${sentence}\n`);
  return null;
}

/** Whether a test that a machine can lack something for may run. Says by name what is skipped: `lack` is the reason. */
export function allows(lack: string | null, title: string): boolean {
  if (lack !== null) process.stdout.write(`skipped: ${title}: ${lack}\n`);
  return lack === null;
}
