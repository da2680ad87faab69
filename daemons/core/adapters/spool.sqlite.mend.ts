/**
 * Opening a spool whatever state its file is in. A damaged file is moved aside whole, never deleted; what can still be
 * read of it goes to a spool of its own with the old id, which is delivered like any other; a fresh one takes its place.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { isFault } from '../ports/fault.ts';
import { type RowCipher, rowCipher } from '../spool/cipher.ts';
import type { Row } from '../spool/link.ts';
import { streams } from '../values/envelope.ts';
import { isDamage, isRefusal, sqliteCode } from './spool.sqlite.fault.ts';
import { intactText, openSpoolFile, type SpoolFile } from './spool.sqlite.file.ts';

/** Files up to this size are checked whole at every start, which takes some tens of milliseconds. */
const checkBytes = 16_000_000;
const batchRows = 500;

export interface Mended {
  readonly file: SpoolFile;
  /** What was found wrong and what became of it; empty for a file in order. */
  readonly notes: readonly string[];
}

/** Opens the writer's file; a damaged one is mended first. Errors: SQLite's own when the world refuses (disk, rights). */
export function openMended(path: string, master: Uint8Array | null = null): Mended {
  const empty = existsSync(path) && statSync(path).size === 0;
  try {
    const file = openSpoolFile(path, 'writer', { master });
    const fault = statSync(path).size <= checkBytes ? file.check() : null;
    if (fault === null) return { file, notes: empty ? [`${path} was empty: a fresh spool was begun in it`] : [] };
    file.close();
    return mend(path, fault, master);
  } catch (error) {
    if (isFault(error)) return setAside(path, error.message, master);
    if (!isBroken(error)) throw error;
    return mend(path, (error as Error).message, master);
  }
}

/** Moves the file aside, saves what can be read of it and begins a fresh one. `reason` is for the notes. */
export function mend(path: string, reason: string, master: Uint8Array | null): Mended {
  const aside = moveAside(path);
  const file = openSpoolFile(path, 'writer', { master });
  const notes = [`${path} is damaged (${reason}): it was moved to ${aside} and a fresh spool was begun`];
  const source = openOld(aside);
  if (source === null) return { file, notes: [...notes, 'nothing could be read from it'] };
  // What the daemon remembered goes on in the fresh file.
  const id = readId(source);
  file.append('', [], readState(source, master === null || id === null ? null : rowCipher(master, id)));
  notes.push(salvage(source, { id, master }, `${path.replace(/\.db$/, '')}-salvaged-${fileTime()}.db`));
  source.close();
  return { file, notes };
}

/** Anything that SQLite says at opening, but that the world refused, comes from the content of the file. */
export const isBroken = (error: unknown): boolean =>
  isDamage(error) ||
  (sqliteCode(error) !== null && !isRefusal(error)) ||
  (error as { code?: unknown }).code === 'ERR_OUT_OF_RANGE';

function moveAside(path: string): string {
  const aside = `${path}.damaged-${fileTime()}`;
  renameSync(path, aside);
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${aside}-wal`);
  rmSync(`${path}-shm`, { force: true });
  return aside;
}

const fileTime = (): string => new Date().toISOString().replaceAll(/[-:.]/g, '');

function openOld(aside: string): DatabaseSync | null {
  try {
    return new DatabaseSync(aside, { readOnly: true });
  } catch (error) {
    if (sqliteCode(error) === null) throw error;
    return null;
  }
}

const isIntact = (stored: unknown, sum: unknown): stored is string | Uint8Array =>
  (typeof stored === 'string' || stored instanceof Uint8Array) && crc32(stored) === sum;

/** Where the file's own id is spoiled, a plain envelope tells it; nothing sealed can be read without the id. */
const spoolOf = (text: string | Uint8Array): string =>
  typeof text === 'string' ? (JSON.parse(text) as { spool: string }).spool : randomUUID();

/** A file that is whole, but sealed with a key that this box does not have: it waits beside a fresh one for that key. */
function setAside(path: string, reason: string, master: Uint8Array | null): Mended {
  const beside = `${path.replace(/\.db$/, '')}-sealed-${fileTime()}.db`;
  renameSync(path, beside);
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${beside}-wal`);
  rmSync(`${path}-shm`, { force: true });
  return {
    file: openSpoolFile(path, 'writer', { master }),
    notes: [
      `${reason}: the file was moved to ${beside}, to be delivered when the key is back; a fresh spool was begun`,
    ],
  };
}

/** Gives rows to `take` until it says false, the rows end or the file is broken there. */
function walk(db: DatabaseSync, sql: string, take: (row: Record<string, unknown>) => boolean): void {
  try {
    for (const row of db.prepare(sql).iterate()) if (!take(row)) return;
  } catch (error) {
    if (!isBroken(error) && !isRefusal(error)) throw error;
  }
}

function readState(source: DatabaseSync, cipher: RowCipher | null): (readonly [string, string])[] {
  const state: [string, string][] = [];
  walk(source, 'SELECT key, sum, value FROM state', ({ key, sum, value }) => {
    const text = intactText(cipher, value, sum, `state/${key}`);
    if (text !== null) state.push([String(key), text]);
    return true;
  });
  return state;
}

function readId(source: DatabaseSync): string | null {
  let id: string | null = null;
  walk(source, "SELECT sum, value FROM meta WHERE key = 'id'", ({ sum, value }) => {
    if (isIntact(value, sum)) id = String(value);
    return false;
  });
  return id;
}

/** The id of the damaged file, where it could be read, and the key of the box. */
interface Old {
  readonly id: string | null;
  readonly master: Uint8Array | null;
}

/** Copies the intact envelopes into a spool of their own at `beside`; gives the sentence that says what was saved. */
function salvage(source: DatabaseSync, { id, master }: Old, beside: string): string {
  let target: SpoolFile | null = null;
  let saved = 0;
  const spoiled = new Set<string>();
  try {
    for (const stream of streams) {
      let top = 0;
      let batch: Row[] = [];
      const flush = (): void => {
        const first = batch[0];
        if (!first) return;
        target ??= openSpoolFile(beside, 'writer', { freshId: id ?? spoolOf(first.text), master });
        target.adopt(stream, batch);
        saved += batch.length;
        batch = [];
      };
      const take = (row: Record<string, unknown>): void => {
        const { seq, sum, text } = row;
        if (isIntact(text, sum)) batch.push({ seq: Number(seq), sum: Number(sum), text });
        else spoiled.add(`${stream} ${seq}`);
        if (batch.length >= batchRows) flush();
      };
      const rows = `SELECT seq, sum, text FROM ${stream} ORDER BY seq`;
      walk(source, rows, (row) => {
        take(row);
        top = Number(row.seq);
        return true;
      });
      // A broken page ends the walk: what is behind it is reached from the other end.
      walk(source, `${rows} DESC`, (row) => {
        if (Number(row.seq) <= top) return false;
        take(row);
        return true;
      });
      flush();
    }
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return `${saved} envelopes were saved to ${beside}, then ${(error as Error).message}: the moved file keeps the rest`;
  } finally {
    (target as SpoolFile | null)?.close();
  }
  const lost = spoiled.size === 0 ? '' : `; ${spoiled.size} were spoiled and stay in the moved file`;
  if (saved === 0) return `no envelope could be read from it${lost}`;
  return `${saved} envelopes were saved to ${beside}, to be delivered from there${lost}`;
}
