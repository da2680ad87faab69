/**
 * A small file beside the spool says that its log holds something: it is made after the first commit of an opening and
 * removed when the file is closed. A spool that has it and no log has lost its end, also when nothing else tells.
 */
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

const noteOf = (spool: string): string => `${spool}-open`;

export interface Opening {
  /** Before anybody is told of the commit that was just made. */
  committed(): void;
  /** `close` closes the database. */
  close(close: () => void): void;
}

export function openingOf(spool: string, role: 'writer' | 'reader'): Opening {
  let noted = false;
  return {
    committed: () => {
      if (noted || role === 'reader') return;
      noted = true;
      quietly(() => {
        if (existsSync(noteOf(spool))) return;
        for (const [name, flags] of [
          [noteOf(spool), 'w'],
          [path.dirname(spool), 'r'],
        ] as const) {
          const fd = openSync(name, flags);
          fsyncSync(fd);
          closeSync(fd);
        }
      });
    },
    close: (close) => {
      if (role === 'writer') quietly(() => rmSync(noteOf(spool), { force: true }));
      close();
      // Who closes last brings the log in and removes it: behind a writer that was killed this is a reader.
      if (role === 'reader' && !existsSync(`${spool}-wal`)) quietly(() => rmSync(noteOf(spool), { force: true }));
    },
  };
}

/** Whether the log should be there and is not. Must be asked before the file is opened. */
export const isLogGone = (spool: string): boolean =>
  existsSync(noteOf(spool)) &&
  (statSync(spool, { throwIfNoEntry: false })?.size ?? 0) > 0 &&
  (statSync(`${spool}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0;

/** A disk that refuses the note costs a sign of loss, not the spool. */
function quietly(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).syscall !== 'string') throw error;
  }
}
