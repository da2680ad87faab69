import { link, mkdir, open, rename, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '../ports/fault.ts';

/**
 * Puts `text` into the place of a file in one step: after a power cut there is the old text or the new one. What was
 * there is kept as `<file>.last-good`, but on FAT, which has no links. Errors: Fault `refused` when the disk does not let us; the
 * old file then stays.
 */
export async function replaceFile(file: string, text: string | Uint8Array, mode: number): Promise<void> {
  const next = `${file}.next`;
  try {
    await rm(next, { force: true });
    await write(next, text, mode);
    await rm(`${file}.last-good`, { force: true });
    if (!(await isFat(path.dirname(file)))) await link(file, `${file}.last-good`).catch(unless('ENOENT'));
    await rename(next, file);
    await syncFolder(path.dirname(file));
  } catch (error) {
    throw new Fault('refused', `${file}: cannot be written (${(error as NodeJS.ErrnoException).code})`, error);
  }
}

/** MSDOS_SUPER_MAGIC of linux/magic.h: the boot partition of a Raspberry Pi. */
const fatMagic = 0x4d44;
const isFat = async (folder: string): Promise<boolean> => (await statfs(folder)).type === fatMagic;

/** Makes a file that must not be there yet, and its folder. Errors: Fault `refused`, also when it is there. */
export async function createFile(file: string, text: string, mode: number): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await write(file, text, mode);
    await syncFolder(path.dirname(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'is there already and is never overwritten' : `cannot be written (${code})`;
    throw new Fault('refused', `${file}: ${why}`, error);
  }
}

async function write(file: string, text: string | Uint8Array, mode: number): Promise<void> {
  const handle = await open(file, 'wx', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const unless =
  (code: string) =>
  (error: NodeJS.ErrnoException): void => {
    if (error.code !== code) throw error;
  };
