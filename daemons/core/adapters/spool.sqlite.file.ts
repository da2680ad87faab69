/**
 * The spool's file: SQLite in WAL mode. One thread of one process appends; others may peek and settle at the same time.
 * Invariants:
 * - an envelope and its stream's tail are never apart: the tail is the last row, or what `settle` noted when it took it;
 * - seq only grows, also when everything was settled;
 * - a row is intact when what is stored has the CRC-32 that stands beside it;
 * - a row is TEXT when it is plain and BLOB when it is sealed: a box may be given its TPM while it has plain rows.
 * Rows live in a table per stream keyed by seq, so that appending touches the right edge of one tree, at any depth.
 */
import { randomUUID } from 'node:crypto';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { crc32 } from 'node:zlib';
import { linkHash } from '../evidence/chain.ts';
import type { Sealing } from '../evidence/sealing.ts';
import { Fault } from '../ports/fault.ts';
import type { Spooled } from '../ports/spool.ts';
import { type RowCipher, rowCipher } from '../spool/cipher.ts';
import { link, noTail, originOf, type Packed, type Row, type Tail } from '../spool/link.ts';
import { type Stream, streams } from '../values/envelope.ts';

/** `FPsp`: tells our file from any other SQLite file. */
const applicationId = 0x46507370;
/** A peek gives no more than this at once, but always one envelope. */
const peekBytes = 1_000_000;
/** Rows that one transaction of `settle` forgets at the most: the writer waits for it. */
const settleRows = 5000;

export type Depth = Record<Stream, number>;

interface Mark extends Tail {
  /** Everything up to here was settled, but what was missing at the centre. */
  readonly through: number;
}

export interface SpoolFileOptions {
  /** Id of a file that is made; random if absent. */
  readonly freshId?: string;
  /** Storage key that seals rows and state; null or absent leaves them plain. */
  readonly master?: Uint8Array | null;
}

export interface SpoolFile {
  readonly id: string;
  readonly tails: Readonly<Record<Stream, Tail>>;
  append(device: string, items: readonly Packed[], state: readonly (readonly [string, string | null])[]): void;
  /** Signs the heads of what is appended from now on; null leaves it unsigned. */
  signWith(sealing: Sealing | null): void;
  recall(key: string): string | null;
  peek(stream: Stream, after: number, limit: number): Spooled[];
  settle(stream: Stream, through: number, missing: readonly number[]): void;
  depth(): Depth;
  /** Takes rows of another file as they stand, with their own seq. Such a file is delivered from and never appended to. */
  adopt(stream: Stream, rows: readonly Row[]): void;
  /** What is wrong with the file's structure, or null. Reads all of it. */
  check(): string | null;
  /** A number that changes when another connection committed. */
  version(): number;
  close(): void;
}

/**
 * Opens the file. A `writer` makes it when there is none, with a fresh random id, and flushes every commit; a `reader`
 * needs one. Errors: Fault `absent` for a reader where there is no spool yet, `refused` when its last rows are sealed with
 * another key; SQLite's own errors otherwise.
 */
export function openSpoolFile(path: string, role: 'writer' | 'reader', options: SpoolFileOptions = {}): SpoolFile {
  const { freshId = randomUUID(), master = null } = options;
  const url = pathToFileURL(path);
  url.searchParams.set('mode', role === 'writer' ? 'rwc' : 'rw');
  const db = new DatabaseSync(url, { timeout: 5000 });
  try {
    if (role === 'writer') db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    else db.exec('PRAGMA synchronous = NORMAL');
    db.exec('PRAGMA journal_size_limit = 8388608');
    const made = db.prepare('PRAGMA application_id').get()?.application_id;
    if (made !== applicationId) {
      if (role === 'reader') throw new Fault('absent', `${path}: not a spool yet`);
      make(db, path, freshId);
    }
    return operate(db, path, master);
  } catch (error) {
    db.close();
    throw error;
  }
}

function make(db: DatabaseSync, path: string, id: string): void {
  const kept = (name: string): string =>
    `CREATE TABLE ${name}(key TEXT PRIMARY KEY, sum INTEGER NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;`;
  const rows = (name: string): string =>
    `CREATE TABLE ${name}(seq INTEGER PRIMARY KEY, sum INTEGER NOT NULL, text TEXT NOT NULL);`;
  if (db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables !== 0) throw damaged(path, 'its mark');
  // In one transaction, so that a reader finds a whole spool or none.
  db.exec(`BEGIN IMMEDIATE; ${kept('meta')} ${kept('state')} ${streams.map(rows).join(' ')}`);
  db.prepare('INSERT INTO meta VALUES(?, ?, ?)').run('id', crc32(id), id);
  db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = 1; COMMIT`);
}

/** Statements of one stream's table. */
interface Table {
  readonly insert: StatementSync;
  readonly last: StatementSync;
  readonly after: StatementSync;
  readonly range: StatementSync;
  readonly below: StatementSync;
}

function operate(db: DatabaseSync, path: string, master: Uint8Array | null): SpoolFile {
  const statements = (name: Stream): Table => ({
    insert: db.prepare(`INSERT INTO ${name} VALUES(?, ?, ?)`),
    last: db.prepare(`SELECT seq, sum, text FROM ${name} ORDER BY seq DESC LIMIT 1`),
    after: db.prepare(`SELECT seq, sum, text FROM ${name} WHERE seq > ? ORDER BY seq`),
    range: db.prepare(
      `DELETE FROM ${name} WHERE seq IN (SELECT seq FROM ${name} WHERE seq > ? AND seq < ? ORDER BY seq LIMIT ${settleRows})`,
    ),
    below: db.prepare(`SELECT count(*) AS rows FROM ${name} WHERE seq <= ?`),
  });
  const tables: Record<Stream, Table> = {
    alert: statements('alert'),
    event: statements('event'),
    tele: statements('tele'),
  };
  const dataVersion = db.prepare('PRAGMA data_version');
  const kept = (name: 'meta' | 'state') => ({
    get: db.prepare(`SELECT sum, value FROM ${name} WHERE key = ?`),
    put: db.prepare(
      `INSERT INTO ${name} VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET sum = excluded.sum, value = excluded.value`,
    ),
    drop: db.prepare(`DELETE FROM ${name} WHERE key = ?`),
  });
  const [meta, state] = [kept('meta'), kept('state')];

  const read = (from: typeof meta, key: string): string | null => {
    const row = from.get.get(key);
    return row && typeof row.value === 'string' && crc32(row.value) === row.sum ? row.value : null;
  };
  const write = (to: typeof meta, key: string, value: string | null): void => {
    if (value === null) to.drop.run(key);
    else to.put.run(key, crc32(value), value);
  };

  const id = read(meta, 'id');
  if (id === null) throw damaged(path, 'its id');
  const cipher = master === null ? null : rowCipher(master, id);
  const writeState = (key: string, value: string | null): void => {
    const stored = value === null ? null : stow(cipher, value, `state/${key}`);
    if (stored === null) state.drop.run(key);
    else state.put.run(key, crc32(stored), stored);
  };
  const readState = (key: string): string | null => {
    const row = state.get.get(key);
    return row ? intactText(cipher, row.value, row.sum, `state/${key}`) : null;
  };
  /** The hash that the row after `row` carries. Errors: Fault when nobody here can read it. */
  const hashOf = (stream: Stream, row: Record<string, unknown>): string => {
    const text = intactText(cipher, row.text, row.sum, `${stream}/${row.seq}`);
    if (text !== null) return linkHash(text);
    if (row.text instanceof Uint8Array && crc32(row.text) === row.sum) throw sealedElsewhere(path, stream);
    return linkHash(String(row.text));
  };

  const markOf = (stream: Stream): Mark => {
    const value = read(meta, `settled/${stream}`);
    if (value !== null) return JSON.parse(value) as Mark;
    if (meta.get.get(`settled/${stream}`)) throw damaged(path, `the mark of ${stream}`);
    return { ...noTail, through: 0 };
  };
  const tailOf = (stream: Stream): Tail => {
    const { seq, hash } = markOf(stream);
    const last = tables[stream].last.get();
    if (!last || Number(last.seq) <= seq) return { seq, hash };
    return { seq: Number(last.seq), hash: hashOf(stream, last) };
  };
  const tails: Record<Stream, Tail> = { alert: tailOf('alert'), event: tailOf('event'), tele: tailOf('tele') };

  const transact = (work: () => void): void => {
    db.exec('BEGIN IMMEDIATE');
    try {
      work();
      db.exec('COMMIT');
    } catch (error) {
      // A full disk has rolled back already: a second ROLLBACK would hide the reason.
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };

  let sealing: Sealing | null = null;

  return {
    id,
    tails,
    append: (device, items, named) => {
      const origin = originOf(device, id);
      const next = { ...tails };
      const put = (item: Packed): void => {
        const [tail, { seq, sum, text }] = link(next[item.stream], item, origin);
        const stored = stow(cipher, text, `${item.stream}/${seq}`);
        tables[item.stream].insert.run(seq, cipher ? crc32(stored) : sum, stored);
        next[item.stream] = tail;
      };
      transact(() => {
        for (const item of items) put(item);
        const seal = sealing?.next(items, next);
        if (seal) put(seal);
        for (const [key, value] of named) writeState(key, value);
      });
      Object.assign(tails, next);
      sealing?.kept();
    },
    signWith: (given) => {
      sealing = given;
    },
    recall: readState,
    peek: (stream, after, limit) => {
      const found: Spooled[] = [];
      let bytes = 0;
      for (const row of tables[stream].after.iterate(after)) {
        const { seq } = row;
        const text = intactText(cipher, row.text, row.sum, `${stream}/${seq}`);
        if (text === null) continue;
        bytes += text.length;
        if (found.length >= limit || (found.length > 0 && bytes > peekBytes)) break;
        found.push({ seq: Number(seq), text });
      }
      return found;
    },
    settle: (stream, through, missing) => {
      const { last, range } = tables[stream];
      let full = true;
      while (full) {
        full = false;
        transact(() => {
          const mark = markOf(stream);
          const row = last.get();
          const top = Math.max(mark.seq, Number(row?.seq ?? 0));
          const end = Math.min(through, top);
          // The last row may be forgotten, its place in the chain not.
          const { seq, hash } = row && end === top && top > mark.seq ? { seq: top, hash: hashOf(stream, row) } : mark;
          const kept = [...new Set(missing)].filter((seq) => seq <= end).sort((a, b) => a - b);
          for (const [i, stop] of [...kept, end + 1].entries())
            full = Number(range.run(kept[i - 1] ?? 0, stop).changes) === settleRows || full;
          write(meta, `settled/${stream}`, JSON.stringify({ through: Math.max(mark.through, end), seq, hash }));
        });
      }
    },
    depth: () => {
      const waiting = (stream: Stream): number => {
        const { through } = markOf(stream);
        const left = Number(tables[stream].below.get(through)?.rows);
        return left + Math.max(0, Number(tables[stream].last.get()?.seq ?? 0) - through);
      };
      return { alert: waiting('alert'), event: waiting('event'), tele: waiting('tele') };
    },
    adopt: (stream, rows) => {
      transact(() => {
        for (const { seq, sum, text } of rows) tables[stream].insert.run(seq, sum, text);
      });
    },
    check: () => {
      const found = db.prepare('PRAGMA quick_check(1)').get()?.quick_check;
      return found === 'ok' ? null : String(found);
    },
    version: () => Number(dataVersion.get()?.data_version),
    close: () => db.close(),
  };
}

/** What is stored for a text: itself, or sealed. */
const stow = (cipher: RowCipher | null, text: string, place: string): string | Uint8Array =>
  cipher === null ? text : cipher.seal(text, place);

/** The text of what is stored; null when it is damaged, or sealed with a key that is not ours. */
export function intactText(cipher: RowCipher | null, stored: unknown, sum: unknown, place: string): string | null {
  if (typeof stored !== 'string' && !(stored instanceof Uint8Array)) return null;
  if (crc32(stored) !== sum) return null;
  return typeof stored === 'string' ? stored : (cipher?.open(stored, place) ?? null);
}

const sealedElsewhere = (path: string, stream: Stream): Fault =>
  new Fault('refused', `${path}: its ${stream} rows are sealed with a storage key that this box does not have`);

/** Shaped like SQLite's own: `isDamage` takes it as one. */
const damaged = (path: string, what: string): Error =>
  Object.assign(new Error(`${path}: ${what} is damaged`), { code: 'ERR_SQLITE_ERROR', errcode: 11 });
