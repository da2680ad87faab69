/**
 * Disk space put aside in a file of zeros beside the spool. A full disk lets nothing be deleted either: the deletion goes
 * into the log first. The space that this file gives back is enough to tidy up.
 */
import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';

export interface Reserve {
  isThere(): boolean;
  /** Gives the space back to the disk. */
  release(): void;
  /** Puts it aside, when the disk has more than the double of it; whether it is there. */
  build(): boolean;
}

const isOsError = (error: unknown): boolean => typeof (error as NodeJS.ErrnoException).syscall === 'string';

/** Bytes that are free for us on the file system of `file`. */
export function freeBytes(file: string): number {
  const { bavail, bsize } = statfsSync(path.dirname(file));
  return bavail * bsize;
}

export function reserveFor(spool: string, bytes: number): Reserve {
  const file = `${spool}-reserve`;
  const release = (): void => {
    try {
      rmSync(file, { force: true });
    } catch (error) {
      if (!isOsError(error)) throw error;
    }
  };
  const isThere = (): boolean => bytes === 0 || statSync(file, { throwIfNoEntry: false })?.size === bytes;
  return {
    isThere,
    release,
    build: () => {
      try {
        if (isThere()) return true;
        if (freeBytes(file) < 2 * bytes) return false;
        const zeros = Buffer.alloc(1 << 16);
        const fd = openSync(file, 'w', 0o600);
        try {
          for (let left = bytes; left > 0; left -= writeSync(fd, zeros, 0, Math.min(left, zeros.length)));
          fdatasyncSync(fd);
        } finally {
          closeSync(fd);
        }
        return true;
      } catch (error) {
        if (!isOsError(error)) throw error;
        release();
        return false;
      }
    },
  };
}
