import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { type FloorFile, type FloorWish, floorText, floorToWrite, parseFloor } from '../clock/floor.ts';

export interface FloorStore {
  /** What stands in the file; null when there is none or it is damaged. */
  read(): Promise<FloorFile | null>;
  /** Writes what the wish makes of the file as it then stands, if anything. */
  keep(wish: FloorWish): Promise<void>;
}

/**
 * `clock.json` in a state folder, shared by the daemons of a box: each reads it before it writes, into a file of its own
 * that then takes the place of the old one. Two that write at once leave one whole file of the two. A disk that refuses
 * costs nothing but the floor: it is tried again at the next turn.
 */
export function floorFile(file: string): FloorStore {
  const read = async (): Promise<FloorFile | null> => {
    try {
      return parseFloor(await readFile(file, 'utf8'));
    } catch (error) {
      if (isDisk(error)) return null;
      throw error;
    }
  };
  const write = async (wish: FloorWish): Promise<void> => {
    const next = floorToWrite(await read(), wish);
    if (next === null) return;
    const beside = `${file}.${process.pid}.${randomUUID()}`;
    try {
      await mkdir(path.dirname(file), { recursive: true });
      const handle = await open(beside, 'w', 0o644);
      try {
        await handle.writeFile(floorText(next));
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await rename(beside, file);
    } catch (error) {
      if (!isDisk(error)) throw error;
      await rm(beside, { force: true }).catch(() => {});
    }
  };
  let last: Promise<void> = Promise.resolve();
  // One after another: two writes into the same file beside would leave the end of the longer behind the shorter.
  const keep = (wish: FloorWish): Promise<void> => {
    last = last.catch(() => {}).then(() => write(wish));
    return last;
  };
  return { read, keep };
}

/** The file system's own errors carry a number; a bug of ours does not. */
const isDisk = (error: unknown): boolean => typeof (error as NodeJS.ErrnoException).errno === 'number';
