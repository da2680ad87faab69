/**
 * Generations on the disk. Invariants, at any instant of power:
 * - `journal.json` is whole: the one before or the one after a write.
 * - A folder `generations/NAME` is whole: it is made under another name, flushed, and renamed.
 * - `current` is absent (what was laid on the box), or names a whole generation that is known to work or on trial.
 * - Nothing that the journal names is ever removed.
 */
import path from 'node:path';
import type { Disk } from '../core/ports/disk.ts';
import { isFault } from '../core/ports/fault.ts';
import { freshJournal, inForce, type Journal, journalShape } from './journal.ts';

export interface Generation {
  readonly name: string;
  /** Whole texts by path: `config/profiles/x.yaml`, `desired.json`. */
  readonly files: Readonly<Record<string, string>>;
  /** Links by path: `release` to `../../releases/1.2.0`, `models/NAME` to where that model lies. */
  readonly links: Readonly<Record<string, string>>;
}

export interface Store {
  journal(): Journal;
  /** Writes the journal, and sets `current` after it. */
  put(journal: Journal): Promise<void>;
  make(generation: Generation): Promise<void>;
  /** A file of a generation; null where there is none. */
  read(generation: string, file: string): Promise<string | null>;
  /** Removes what nothing refers to: generations, and the releases and models that only they linked to. */
  sweep(): Promise<void>;
}

export const journalFile = 'journal.json';
/** Folders of what came from the centre. */
const brought = ['releases', 'models'] as const;

/** Reads what there is and sets `current` by it. A journal that cannot be read leaves `current` alone: it names something whole. */
export async function openStore(disk: Disk, folder: string, onNote: (note: string) => void): Promise<Store> {
  const at = (...parts: readonly string[]): string => path.join(folder, ...parts);
  await disk.makeFolder(at('generations'));
  for (const kind of brought) await disk.makeFolder(at(kind));
  // A folder that was just made is lost with all that is flushed in it, until what lists it is flushed too.
  await disk.sync(folder);
  await disk.sync(path.dirname(folder));
  let journal = await load(disk, at(journalFile), at('current'), onNote);

  const point = async (): Promise<void> => {
    const name = inForce(journal);
    const target = name === null ? null : `generations/${name}`;
    if ((await disk.readLink(at('current'))) === target) return;
    if (target === null) await disk.remove(at('current'));
    else {
      await disk.remove(at('current.next'));
      await disk.link(target, at('current.next'));
      await disk.rename(at('current.next'), at('current'));
    }
    await disk.sync(folder);
  };

  const put = async (next: Journal): Promise<void> => {
    await disk.write(at(`${journalFile}.next`), `${JSON.stringify(next)}\n`);
    await disk.sync(at(`${journalFile}.next`));
    await disk.rename(at(`${journalFile}.next`), at(journalFile));
    await disk.sync(folder);
    journal = next;
    await point();
  };

  const make = async ({ name, files, links }: Generation): Promise<void> => {
    // One that is there is whole, for its name came last; whether the name was flushed nobody knows.
    if ((await disk.list(at('generations'))).includes(name)) return disk.sync(at('generations'));
    const next = at('generations', `${name}.next`);
    await disk.remove(next);
    await disk.makeFolder(next);
    for (const [file, text] of Object.entries(files)) {
      await disk.makeFolder(path.dirname(path.join(next, file)));
      await disk.write(path.join(next, file), text);
    }
    for (const [link, target] of Object.entries(links)) {
      await disk.makeFolder(path.dirname(path.join(next, link)));
      await disk.link(target, path.join(next, link));
    }
    await disk.syncTree(next);
    await disk.rename(next, at('generations', name));
    await disk.sync(at('generations'));
  };

  /** Targets of all links of a generation. */
  const linksOf = async (name: string): Promise<readonly string[]> => {
    const folder = at('generations', name);
    const models = (await disk.list(path.join(folder, 'models'))).map((one) => path.join(folder, 'models', one));
    const links = [path.join(folder, 'release'), ...models];
    return (await Promise.all(links.map((one) => disk.readLink(one)))).filter((one) => one !== null);
  };

  const sweep = async (): Promise<void> => {
    const kept = [journal.good, journal.trial?.generation ?? null].filter((one) => one !== null);
    const targets = (await Promise.all(kept.map(linksOf))).flat();
    const isLinked = (kind: string, name: string): boolean => targets.some((one) => one.endsWith(`/${kind}/${name}`));
    for (const one of await disk.list(at('generations')))
      if (!kept.includes(one)) await disk.remove(at('generations', one));
    for (const kind of brought)
      for (const one of await disk.list(at(kind))) if (!isLinked(kind, one)) await disk.remove(at(kind, one));
  };

  await point();
  return { journal: () => journal, put, make, read: (name, file) => disk.read(at('generations', name, file)), sweep };
}

async function load(disk: Disk, file: string, current: string, onNote: (note: string) => void): Promise<Journal> {
  const text = await disk.read(file);
  if (text === null) return freshJournal;
  try {
    return journalShape.parse(JSON.parse(text));
  } catch (error) {
    if (isFault(error)) throw error;
    const target = await disk.readLink(current);
    onNote(
      `${file}: cannot be understood (${(error as Error).message}); what ${current} names counts as known to work`,
    );
    return { ...freshJournal, good: target === null ? null : path.basename(target) };
  }
}
