/**
 * The rows of one stream in a spool's file, with running sums: how many rows and bytes there are is the difference of
 * two sums, what was ever appended and what was ever removed. The first stands in the last row, the second in the mark,
 * which every removal writes anyway: an append pays nothing for the accounting, and no question scans the table.
 */
import type { DatabaseSync } from 'node:sqlite';
import { linkHash } from '../evidence/chain.ts';
import { Fault } from '../ports/fault.ts';
import type { RowCipher } from '../spool/cipher.ts';
import { noTail, type Tail } from '../spool/link.ts';
import type { Range } from '../spool/ranges.ts';
import { bytesOf, intactText, isIntact, type Stored, type Sum, sumOf } from '../spool/row.ts';
import type { Stream } from '../values/envelope.ts';
import { damaged, type Kept } from './spool.sqlite.kept.ts';

/** Rows that one transaction removes at the most in `settle`: the writer waits for it. */
const removeRows = 5000;

/** The last envelope of a stream, with the bytes that were ever appended through it. */
export interface End extends Tail {
  readonly pos: number;
}

export const noEnd: End = { ...noTail, pos: 0 };

/** What is noted when rows are removed: the end, should its row be among them, and the sums of what was removed. */
export interface Mark extends End {
  /** Everything up to here was settled or given up, but the rows that are still there. */
  readonly through: number;
  /** Numbers that have no row any more. */
  readonly rows: number;
  readonly bytes: number;
}

export const noMark: Mark = { ...noEnd, through: 0, rows: 0, bytes: 0 };

export interface StoredRow extends Sum {
  readonly seq: number;
}

export interface StreamRows {
  insert(end: End, stored: Stored): void;
  end(): End;
  last(): StoredRow | null;
  /** From the oldest after `seq` on. Nothing may be written while it is walked. */
  after(seq: number): Iterable<StoredRow>;
  /** Numbers and sizes, from the oldest on, without reading what is stored. */
  sizes(): Iterable<{ readonly seq: number; readonly bytes: number }>;
  get(seq: number): StoredRow | null;
  mark(): Mark;
  /** Rows and bytes that are there. */
  held(): { readonly rows: number; readonly bytes: number };
  /** Takes rows away, inside a transaction; gives whether it must be called again because there were too many. */
  remove(ranges: readonly Range[], through: number): boolean;
  /** Sets the mark of a file that rows were put into with gaps. */
  setMark(mark: Mark): void;
}

export interface RowsOptions {
  readonly db: DatabaseSync;
  readonly stream: Stream;
  /** The mark's text as last written; null when there is none. Errors when it is damaged. */
  readonly readMark: () => string | null;
  readonly writeMark: (text: string) => void;
  /** The link hash of what a row stores. */
  readonly hashOf: (row: StoredRow) => string;
}

/** The end after `stored` was appended as the envelope of `tail`. */
export const endAfter = (before: End, { seq, hash }: Tail, stored: Stored): End => ({
  seq,
  hash,
  pos: before.pos + bytesOf(stored),
});

const rowOf = ({ seq, sum, pos, text }: Record<string, unknown>): StoredRow => ({
  seq: Number(seq),
  sum,
  pos: Number(pos),
  stored: text,
});

export function streamRows({ db, stream, readMark, writeMark, hashOf }: RowsOptions): StreamRows {
  const all = `SELECT seq, sum, pos, text FROM ${stream}`;
  const insert = db.prepare(`INSERT INTO ${stream} VALUES(?, ?, ?, ?)`);
  const last = db.prepare(`${all} ORDER BY seq DESC LIMIT 1`);
  const lastPlace = db.prepare(`SELECT seq, pos FROM ${stream} ORDER BY seq DESC LIMIT 1`);
  const after = db.prepare(`${all} WHERE seq > ? ORDER BY seq`);
  const one = db.prepare(`${all} WHERE seq = ?`);
  const sizes = db.prepare(`SELECT seq, octet_length(text) AS bytes FROM ${stream} ORDER BY seq`);
  const portion = db.prepare(
    `SELECT max(seq) AS top, count(*) AS rows, total(bytes) AS bytes FROM
     (SELECT seq, octet_length(text) AS bytes FROM ${stream} WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ${removeRows})`,
  );
  const total = db.prepare(`SELECT total(octet_length(text)) AS bytes FROM ${stream}`);
  const cut = db.prepare(`DELETE FROM ${stream} WHERE seq BETWEEN ? AND ?`);

  const mark = (): Mark => {
    const text = readMark();
    return text === null ? noMark : { ...noMark, ...(JSON.parse(text) as Partial<Mark>) };
  };
  const lastRow = (): StoredRow | null => {
    const row = last.get();
    return row ? rowOf(row) : null;
  };
  const setMark = (value: Mark): void => writeMark(JSON.stringify(value));
  /** The sum through the last row, counted again when that row is spoiled and with it what it says. */
  const trustedPos = ({ stored, sum, pos }: StoredRow): number =>
    isIntact({ stored, sum, pos }) ? pos : mark().bytes + Number(total.get()?.bytes);

  return {
    end: () => {
      const { seq, hash, pos } = mark();
      const row = lastRow();
      return row && row.seq > seq ? { seq: row.seq, hash: hashOf(row), pos: trustedPos(row) } : { seq, hash, pos };
    },
    insert: ({ seq, pos }, stored) => void insert.run(seq, sumOf(stored, pos), pos, stored),
    last: lastRow,
    *after(seq) {
      for (const row of after.iterate(seq)) yield rowOf(row);
    },
    *sizes() {
      for (const row of sizes.iterate()) yield { seq: Number(row.seq), bytes: Number(row.bytes) };
    },
    get: (seq) => {
      const row = one.get(seq);
      return row ? rowOf(row) : null;
    },
    mark,
    held: () => {
      const removed = mark();
      const place = lastPlace.get();
      const [seq, pos] = place && Number(place.seq) > removed.seq ? [place.seq, place.pos] : [removed.seq, removed.pos];
      return { rows: Math.max(0, Number(seq) - removed.rows), bytes: Math.max(0, Number(pos) - removed.bytes) };
    },
    remove: (ranges, through) => {
      const before = mark();
      const row = lastRow();
      let [rows, bytes, full] = [before.rows, before.bytes, false];
      // The last row may go, its place in the chain not.
      const goes =
        row !== null && row.seq > before.seq && ranges.some(([from, to]) => from <= row.seq && row.seq <= to);
      const { seq, hash, pos } = goes ? { seq: row.seq, hash: hashOf(row), pos: trustedPos(row) } : before;
      for (const [from, to] of ranges) {
        const found = portion.get(from, to);
        if (!found || found.rows === 0) continue;
        cut.run(from, Number(found.top));
        rows += Number(found.rows);
        bytes += Number(found.bytes);
        full ||= Number(found.rows) === removeRows;
      }
      setMark({ seq, hash, pos, through: Math.max(before.through, through), rows, bytes });
      return full;
    },
    setMark,
  };
}

export type AllRows = Readonly<Record<Stream, StreamRows>>;

export interface SpoolRowsOptions {
  readonly db: DatabaseSync;
  readonly path: string;
  readonly meta: Kept;
  readonly cipher: RowCipher | null;
}

/** The rows of all streams of the spool at `path`, and how to read them. */
export function spoolRows({ db, path, meta, cipher }: SpoolRowsOptions) {
  const textOf = (stream: Stream, row: StoredRow): string | null => intactText(cipher, row, `${stream}/${row.seq}`);
  /** The hash that the row after `row` carries. Errors: Fault when nobody here can read it. */
  const hashOf = (stream: Stream, row: StoredRow): string => {
    const text = textOf(stream, row);
    if (text !== null) return linkHash(text);
    if (row.stored instanceof Uint8Array && isIntact(row))
      throw new Fault(
        'refused',
        `${path}: its ${stream} rows are sealed with a storage key that this box does not have`,
      );
    return linkHash(String(row.stored));
  };
  const of = (stream: Stream): StreamRows => {
    const key = `settled/${stream}`;
    const readMark = (): string | null => {
      const value = meta.read(key, null);
      if (value === null && meta.has(key)) throw damaged(path, `the mark of ${stream}`);
      return value;
    };
    const writeMark = (text: string): void => meta.write(key, text);
    return streamRows({ db, stream, readMark, writeMark, hashOf: (row) => hashOf(stream, row) });
  };
  const rows: AllRows = { alert: of('alert'), event: of('event'), tele: of('tele') };
  return { rows, textOf };
}

const tailOf = ({ seq, hash }: Tail): Tail => ({ seq, hash });
export const tailsOf = ({ alert, event, tele }: Readonly<Record<Stream, End>>): Record<Stream, Tail> => ({
  alert: tailOf(alert),
  event: tailOf(event),
  tele: tailOf(tele),
});
