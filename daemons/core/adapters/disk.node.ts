import { mkdir, open, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Disk } from '../ports/disk.ts';
import { Fault } from '../ports/fault.ts';

/** The file system of this machine. A link is in its folder's block, or in an inode that the folder's flush commits (ext4). */
export function openDisk(): Disk {
  const sync = (what: string): Promise<void> =>
    doing(what, 'flushed', async () => {
      const handle = await open(what, 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  const syncTree = async (folder: string): Promise<void> => {
    for (const one of await doing(folder, 'listed', () => readdir(folder, { withFileTypes: true }))) {
      const below = path.join(folder, one.name);
      if (one.isDirectory()) await syncTree(below);
      else if (one.isFile()) await sync(below);
    }
    await sync(folder);
  };
  return {
    read: (file) => doing(file, 'read', () => orNull(readFile(file, 'utf8'), 'ENOENT', 'ENOTDIR')),
    write: (file, text) => doing(file, 'written', () => writeFile(file, text, { mode: 0o644 })),
    sync,
    syncTree,
    makeFolder: (folder) =>
      doing(folder, 'made', async () => void (await mkdir(folder, { recursive: true, mode: 0o755 }))),
    rename: (from, to) => doing(to, 'put in place', () => rename(from, to)),
    link: (target, at) => doing(at, 'linked', () => symlink(target, at)),
    readLink: (at) => doing(at, 'read', () => orNull(readlink(at), 'ENOENT')),
    list: (folder) => doing(folder, 'listed', async () => ((await orNull(readdir(folder), 'ENOENT')) ?? []).toSorted()),
    remove: (what) => doing(what, 'removed', () => rm(what, { recursive: true, force: true })),
  };
}

async function orNull<T>(work: Promise<T>, ...codes: readonly string[]): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (codes.includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

const hints: Readonly<Record<string, string>> = {
  ENOSPC: '; the disk is full: free some space, what runs goes on',
  EROFS: '; the disk is read-only, what runs goes on',
};

async function doing<T>(what: string, how: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const hint = hints[code];
    throw new Fault(hint ? 'absent' : 'refused', `${what}: cannot be ${how} (${code})${hint ?? ''}`, error);
  }
}
