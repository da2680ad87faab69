import { Fault } from '../ports/fault.ts';

/** Primary result codes, https://www.sqlite.org/rescode.html */
const code = { busy: 5, locked: 6, readonly: 8, ioerr: 10, corrupt: 11, full: 13, cantopen: 14, notadb: 26 } as const;

const words: Readonly<Record<number, string>> = {
  [code.busy]: 'another process held the file too long',
  [code.locked]: 'another process held the file too long',
  [code.readonly]: 'the file or its file system is read-only; make it writable',
  [code.ioerr]: 'the medium failed to read or write; look for its errors in the kernel log',
  [code.corrupt]: 'the file is damaged',
  [code.full]: 'the disk is full; free some space',
  [code.cantopen]: 'the file cannot be opened; the folder must exist and be writable',
  [code.notadb]: 'the file is not a database',
};

/** SQLite's own primary result code of an error, or null when it is not SQLite's. */
export function sqliteCode(error: unknown): number | null {
  const { code: name, errcode } = error as { code?: unknown; errcode?: unknown };
  return name === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode & 0xff : null;
}

/** Whether the file itself is broken, so that trying again cannot help. */
export function isDamage(error: unknown): boolean {
  const found = sqliteCode(error);
  return found === code.corrupt || found === code.notadb;
}

/** Whether the world (disk, permissions, another process) refused, and the file may still be whole. */
export function isRefusal(error: unknown): boolean {
  const found = sqliteCode(error);
  return found !== null && found in words && !isDamage(error);
}

/** Whether another has the file just now. */
export const isBusy = (error: unknown): boolean => sqliteCode(error) === code.busy;

export const isReadOnly = (error: unknown): boolean => sqliteCode(error) === code.readonly;

/** Whether the disk had no room for it, or the file may not grow. */
export const isFull = (error: unknown): boolean => sqliteCode(error) === code.full;

/** Whether the world refused, through SQLite or through the file system. */
export const isRefused = (error: unknown): boolean =>
  isRefusal(error) || typeof (error as NodeJS.ErrnoException).syscall === 'string';

/** Anything that SQLite says at opening, but that the world refused, comes from the content of the file. */
export const isBroken = (error: unknown): boolean =>
  isDamage(error) ||
  (sqliteCode(error) !== null && !isRefusal(error)) ||
  (error as { code?: unknown }).code === 'ERR_OUT_OF_RANGE';

/** What the disk did to us as a Fault `refused`; null for anything else, which is a bug. */
export function faultOf(error: unknown, file: string, consequence: string): Fault | null {
  const found = sqliteCode(error);
  const { syscall, code: name, why } = error as NodeJS.ErrnoException & { readonly why?: string };
  const world = syscall === undefined ? undefined : (why ?? `${syscall} failed with ${name}`);
  const reason = found === null ? world : words[found];
  return reason === undefined ? null : new Fault('refused', `${file}: ${reason}; ${consequence}`, error);
}
