/** Reading what can be read of a damaged spool, row by row, around its broken pages. */
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { rowCipher } from '../spool/cipher.ts';
import type { Lost } from '../spool/gone.ts';
import { gapsIn, type Range, union } from '../spool/ranges.ts';
import { intact, intactText, type Stored } from '../spool/row.ts';
import type { NamedState } from '../spool/waiting.ts';
import { type Stream, streams } from '../values/envelope.ts';
import { isBroken, isRefusal } from './spool.sqlite.fault.ts';
import { openSpoolFile, type SpoolFile } from './spool.sqlite.file.ts';
import type { Mark } from './spool.sqlite.rows.ts';

const batchRows = 500;

/**
 * The damaged file to read from, or null when not even that can be opened. A spoiled first page is put back: it is the
 * same in every spool but for the number of pages. `spare` is a path where a spool can be made for that.
 */
export function openOld(aside: string, spare: string): DatabaseSync | null {
  const asItIs = tryOpen(aside);
  if (asItIs !== null || statSync(aside).size < leastPages * pageBytes) return asItIs;
  openSpoolFile(spare, 'writer').close();
  const head = readFileSync(spare).subarray(0, pageBytes);
  rmSync(spare);
  const spoiledHead = Buffer.alloc(pageBytes);
  const fd = openSync(aside, 'r+');
  try {
    readSync(fd, spoiledHead, 0, pageBytes, 0);
    writeFileSync(`${aside}-first-page`, spoiledHead);
    head.writeUInt32BE(Math.floor(statSync(aside).size / pageBytes), pagesAt);
    writeSync(fd, head, 0, pageBytes, 0);
  } finally {
    closeSync(fd);
  }
  return tryOpen(aside);
}

/** SQLite's default, and the tables of an empty spool with the page before them. */
const pageBytes = 4096;
const leastPages = 1 + 2 + streams.length;
/** Where the number of pages stands, https://www.sqlite.org/fileformat.html section 1.3.8. */
const pagesAt = 28;

function tryOpen(aside: string): DatabaseSync | null {
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(aside, { readOnly: true });
    if (Number(db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables) > 0) return db;
  } catch (error) {
    if (!isBroken(error) && !isRefusal(error)) throw error;
  }
  db?.close();
  return null;
}

type Row = Record<string, unknown>;

/** Gives rows to `take` until it says false or the rows end; false when the file is broken there. */
function walk(db: DatabaseSync, sql: string, take: (row: Row) => boolean): boolean {
  try {
    for (const row of db.prepare(sql).iterate()) if (!take(row)) return true;
    return true;
  } catch (error) {
    if (!isBroken(error) && !isRefusal(error)) throw error;
    return false;
  }
}

export function readState(source: DatabaseSync, id: string | null, master: Uint8Array | null): NamedState {
  const cipher = master === null || id === null ? null : rowCipher(master, id);
  const state: [string, string][] = [];
  walk(source, 'SELECT key, sum, value FROM state', ({ key, sum, value }) => {
    const text = intactText(cipher, { sum, pos: 0, stored: value }, `state/${key}`);
    if (text !== null) state.push([String(key), text]);
    return true;
  });
  return state;
}

function readMeta(source: DatabaseSync, wanted: string): string | null {
  let found: string | null = null;
  walk(source, `SELECT sum, value FROM meta WHERE key = '${wanted}'`, ({ sum, value }) => {
    found = intact({ sum, pos: 0, stored: value }) === null ? null : String(value);
    return false;
  });
  return found;
}

export const readId = (source: DatabaseSync): string | null => readMeta(source, 'id');

/** Where the file's own id is spoiled, a plain envelope tells it; nothing sealed can be read without the id. */
const spoolOf = (stored: Stored): string =>
  typeof stored === 'string' ? (JSON.parse(stored) as { spool: string }).spool : randomUUID();

/** The id of the damaged file, where it could be read, and the key of the box. */
export interface Old {
  readonly id: string | null;
  readonly master: Uint8Array | null;
}

interface Found {
  readonly held: readonly Range[];
  readonly top: number;
  /** Whether every row could be come to. */
  readonly whole: boolean;
}

/** Numbers that are tried one by one behind a broken page, where not even the last row can be come to. */
const mostTries = 20_000;

/** The first row at or behind `seq` that can be come to around broken pages, or null. */
function rowFrom(source: DatabaseSync, stream: Stream, seq: number): number | null {
  let last = seq + mostTries;
  let found: number | null = null;
  walk(source, `SELECT seq FROM ${stream} ORDER BY seq DESC LIMIT 1`, (row) => {
    last = Number(row.seq);
    return false;
  });
  for (let from = seq; from <= last && found === null; from++)
    walk(source, `SELECT seq FROM ${stream} WHERE seq >= ${from} ORDER BY seq LIMIT 1`, (row) => {
      found = Number(row.seq);
      return false;
    });
  return found;
}

/** Hands the intact rows of a stream to `keep`, and tells what was found of their numbers. */
function readStream(source: DatabaseSync, stream: Stream, keep: (seq: number, stored: Stored) => void): Found {
  const version = { hasPos: false };
  walk(source, 'PRAGMA user_version', (row) => {
    version.hasPos = row.user_version !== 1;
    return false;
  });
  const held: Range[] = [];
  let top = 0;
  const take = (row: Row): void => {
    const seq = Number(row.seq);
    // A broken tree may give a row a second time, and out of order.
    if (seq <= top && held.some(([first, last]) => seq >= first && seq <= last)) return;
    top = Math.max(top, seq);
    const stored = intact({ sum: row.sum, pos: Number(row.pos), stored: row.text });
    if (stored === null) return;
    keep(seq, stored);
    const last = held.at(-1);
    if (last && last[1] === seq - 1) held[held.length - 1] = [last[0], seq];
    else held.push([seq, seq]);
  };
  const rows = `SELECT seq, sum, ${version.hasPos ? 'pos' : '0 AS pos'}, text FROM ${stream}`;
  let whole = true;
  for (let from: number | null = 1; from !== null; ) {
    let reached = from - 1;
    const ended = walk(source, `${rows} WHERE seq >= ${from} ORDER BY seq`, (row) => {
      take(row);
      reached = Number(row.seq);
      return true;
    });
    if (ended) break;
    whole = false;
    // The row at `from` may be there and its text not: it lies on pages of its own.
    from = rowFrom(source, stream, Math.max(reached, from) + 1);
    top = Math.max(top, from ?? 0);
  }
  return { held: union(held), top, whole };
}

/** The numbers that are known to be lost, and those after which none is known. */
function lossOf(source: DatabaseSync, spool: string, found: Readonly<Record<Stream, Found>>): Omit<Lost, 'message'> {
  const gone = streams.map((stream) => {
    const { held, top, whole } = found[stream];
    const text = readMeta(source, `settled/${stream}`);
    const mark = text === null ? null : (JSON.parse(text) as Mark);
    const last = Math.max(top, mark?.seq ?? 0, mark?.through ?? 0);
    // What was settled is not lost; only where rows could not be come to, one that was still wanted may be among them.
    const first = whole && mark !== null ? mark.through + 1 : 1;
    return { spool, stream, ranges: gapsIn([first, last], held), last };
  });
  return {
    gone: gone.filter(({ ranges }) => ranges.length > 0).map(({ last: _, ...one }) => one),
    after: gone.map(({ stream, last }) => ({ spool, stream, seq: last })),
  };
}

/** Copies the intact envelopes into a spool of their own at `beside`; gives the sentence that says what was saved. */
export function salvage(
  source: DatabaseSync,
  { id, master }: Old,
  beside: string,
): { readonly note: string; readonly lost: Omit<Lost, 'message'> } {
  let target: SpoolFile | null = null;
  let saved = 0;
  let spool = id;
  const found: Partial<Record<Stream, Found>> = {};
  try {
    for (const stream of streams) {
      let batch: { seq: number; stored: Stored }[] = [];
      const flush = (): void => {
        const first = batch[0];
        if (!first) return;
        spool ??= spoolOf(first.stored);
        target ??= openSpoolFile(beside, 'writer', { freshId: spool, master });
        target.adopt(
          stream,
          batch.toSorted((a, b) => a.seq - b.seq),
        );
        saved += batch.length;
        batch = [];
      };
      found[stream] = readStream(source, stream, (seq, stored) => {
        batch.push({ seq, stored });
        if (batch.length >= batchRows) flush();
      });
      flush();
    }
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const note = `${saved} envelopes were saved to ${beside}, then ${(error as Error).message}: the moved file keeps the rest`;
    return { note, lost: { gone: [], after: [] } };
  } finally {
    (target as SpoolFile | null)?.close();
  }
  const note =
    saved === 0
      ? 'no envelope could be read from it'
      : `${saved} envelopes were saved to ${beside}, to be delivered from there`;
  if (spool === null) return { note, lost: { gone: [], after: [] } };
  return { note, lost: lossOf(source, spool, found as Record<Stream, Found>) };
}
