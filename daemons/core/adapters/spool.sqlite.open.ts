/**
 * What lies beside the spool while it is open: its log, which commits go to, and a small file that says that the log holds something. It
 * is made after the first commit of an opening and removed when the file is closed. A spool that has it and no log has lost its end, also
 * when nothing else tells.
 */
import { closeSync, existsSync, fdatasync, fdatasyncSync, fsync, fsyncSync, openSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { isReadOnly, isRefusal } from './spool.sqlite.fault.ts';

const noteOf = (spool: string): string => `${spool}-open`;

export interface Opening {
  /** Before anybody is told of the commit that was just made. */
  committed(): void;
  /** Brings what was committed so far to the medium, then the small file, while the caller goes on. Errors: the file system's own. */
  flush(): Promise<void>;
  /** Brings what others committed to the medium as far as it lets itself be written to. */
  flushNow(): void;
  /** `close` closes the database. */
  close(close: () => void): void;
}

export function openingOf(spool: string, role: 'writer' | 'reader'): Opening {
  let noted = false;
  /** Stays open as long as the database: until then SQLite keeps this log. */
  let log: number | null = null;
  const isNoted = (): boolean => {
    const before = noted || role === 'reader';
    noted = true;
    return before || existsSync(noteOf(spool));
  };
  return {
    committed: () => {
      quietly(() => {
        if (isNoted()) return;
        for (const [name, flags] of noteAndFolder(spool)) {
          const fd = openSync(name, flags);
          fsyncSync(fd);
          closeSync(fd);
        }
      });
    },
    flush: async () => {
      log ??= openSync(logOf(spool), 'r');
      await flushData(log);
      if (isNoted()) return;
      for (const [name, flags] of noteAndFolder(spool)) {
        const fd = openSync(name, flags);
        await flushAll(fd).catch(unlessRefused);
        closeSync(fd);
      }
    },
    flushNow: () => {
      quietly(() => {
        log ??= openSync(logOf(spool), 'r');
        fdatasyncSync(log);
      });
    },
    close: (close) => {
      if (log !== null) closeSync(log);
      if (role === 'writer') quietly(() => rmSync(noteOf(spool), { force: true }));
      close();
      // Who closes last brings the log in and removes it: behind a writer that was killed this is a reader.
      if (role === 'reader' && !existsSync(logOf(spool))) quietly(() => rmSync(noteOf(spool), { force: true }));
    },
  };
}

const logOf = (spool: string): string => `${spool}-wal`;
const noteAndFolder = (spool: string) =>
  [
    [noteOf(spool), 'w'],
    [path.dirname(spool), 'r'],
  ] as const;
const [flushData, flushAll] = [promisify(fdatasync), promisify(fsync)];

/** Whether the log should be there and is not. Must be asked before the file is opened. */
export const isLogGone = (spool: string): boolean =>
  existsSync(noteOf(spool)) &&
  (statSync(spool, { throwIfNoEntry: false })?.size ?? 0) > 0 &&
  (statSync(logOf(spool), { throwIfNoEntry: false })?.size ?? 0) === 0;

/** A disk that refuses the note costs a sign of loss, not the spool. */
function quietly(work: () => void): void {
  try {
    work();
  } catch (error) {
    unlessRefused(error);
  }
}

function unlessRefused(error: unknown): void {
  if (typeof (error as NodeJS.ErrnoException).syscall !== 'string') throw error;
}

/** SQLite opens a file that it cannot write to for reading, and says so only when something is to be written. */
export function mustBeWritable(db: DatabaseSync): void {
  try {
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } catch (error) {
    if (isReadOnly(error) || !isRefusal(error)) throw error;
  }
}
