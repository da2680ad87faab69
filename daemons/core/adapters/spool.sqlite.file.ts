/**
 * The spool's file: SQLite in WAL mode. One thread of one process appends; others may peek and settle at the same time.
 * Invariants:
 * - an envelope and its stream's end are never apart: the end is the last row, or what a removal noted when it took it;
 * - seq only grows, also when everything was settled;
 * - a row is intact when what is stored has the CRC-32 that stands beside it;
 * - a row is TEXT when it is plain and BLOB when it is sealed: a box may be given its TPM while it has plain rows;
 * - rows that are given up (shed, lost) go in the transaction that tells of it.
 * Rows live in a table per stream keyed by seq, so that appending touches the right edge of one tree, at any depth.
 */

import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { Sealing } from '../evidence/sealing.ts';
import { Fault } from '../ports/fault.ts';
import { rowCipher } from '../spool/cipher.ts';
import type { Told } from '../spool/gone.ts';
import { link, originOf, type Packed, type Tail } from '../spool/link.ts';
import { isIntact } from '../spool/row.ts';
import type { NamedState } from '../spool/waiting.ts';
import { type Stream, streams } from '../values/envelope.ts';
import { damaged, keptValues, makeTables, tableVersion } from './spool.sqlite.kept.ts';
import { mustBeWritable, type Opening, openingOf } from './spool.sqlite.open.ts';
import { bringIn, type Outbox, outbox } from './spool.sqlite.outbox.ts';
import { type End, endAfter, noMark, spoolRows, tailsOf } from './spool.sqlite.rows.ts';
import { type Spoiled, type Tidying, tidying } from './spool.sqlite.tidy.ts';

/** `FPsp`: tells our file from any other SQLite file. */
const applicationId = 0x46507370;

export type Depth = Record<Stream, number>;

export interface SpoolFileOptions {
  /** Id of a file that is made; random if absent. */
  readonly freshId?: string;
  /** Storage key that seals rows and state; null or absent leaves them plain. */
  readonly master?: Uint8Array | null;
}

export interface SpoolFile extends Tidying, Outbox {
  readonly id: string;
  readonly tails: Readonly<Record<Stream, Tail>>;
  /** The tails that the last `append` was to lead to, whether it was committed or not. */
  readonly attempted: Readonly<Record<Stream, Tail>> | null;
  append(device: string, items: readonly Packed[], state: NamedState): void;
  /** Signs the heads of what is appended from now on; null leaves it unsigned. */
  signWith(sealing: Sealing | null): void;
  recall(key: string): string | null;
  /** All of the state that can be read. */
  remembered(): NamedState;
  depth(): Depth;
  /** Bytes of what waits, as stored. */
  bytes(): Depth;
  /** Events to go with whatever is appended next; they survive until then. */
  tell(told: readonly Told[]): void;
  /** Every row whose sum does not hold. Reads all of it. */
  spoiled(): Spoiled[];
  /** Told of each spoiled row that `peek` leaves out. */
  onSpoiled(listener: (spoiled: Spoiled) => void): void;
  /** Takes the texts of another file, each with its own seq. Such a file is delivered from and never appended to. */
  adopt(stream: Stream, rows: readonly { readonly seq: number; readonly stored: string | Uint8Array }[]): void;
  /** Brings the log into the file, so that both stop growing, and to the medium. Whether all of it came in. */
  checkpoint(): boolean;
  /** Brings the log in while another appends, which waits for the rest of it alone; then begins the log anew. */
  bringIn(): void;
  /** From now on commits are not flushed, nor the log brought in, nor a lock waited for: whoever appends sees to that. */
  flushApart(): void;
  /** Flushes what was appended so far. The caller goes on meanwhile, and may append. */
  flush(): Promise<void>;
  /** Whether the file may grow; where not, `append` fails as on a full disk once its free pages are used. */
  growth(may: boolean): void;
  /** What is wrong with the file's structure, or null. Reads all of it. */
  check(): string | null;
  /** A number that changes when another connection committed. */
  version(): number;
  isOpen(): boolean;
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
      if (db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables !== 0)
        throw damaged(path, 'its mark');
      makeTables(db, freshId, applicationId);
    } else if (db.prepare('PRAGMA user_version').get()?.user_version !== tableVersion) {
      if (role === 'reader')
        throw new Fault('absent', `${path}: of another version; its daemon mends it at its next start`);
      throw damaged(path, 'its version (an older one is read as far as it goes)');
    }
    if (role === 'writer') mustBeWritable(db);
    return operate(db, path, { role, master, opening: openingOf(path, role) });
  } catch (error) {
    db.close();
    throw error;
  }
}

interface Operating {
  readonly role: 'writer' | 'reader';
  readonly master: Uint8Array | null;
  readonly opening: Opening;
}

function operate(db: DatabaseSync, path: string, { role, master, opening }: Operating): SpoolFile {
  const dataVersion = db.prepare('PRAGMA data_version');
  const version = (): number => Number(dataVersion.get()?.data_version);
  const [meta, state] = [keptValues(db, 'meta'), keptValues(db, 'state')];
  const id = meta.read('id', null);
  if (id === null) throw damaged(path, 'its id');
  const cipher = master === null ? null : rowCipher(master, id);
  const stow = (text: string, place: string): string | Uint8Array =>
    cipher === null ? text : cipher.seal(text, place);

  const { rows, textOf } = spoolRows({ db, path, meta, cipher });
  const ends: Record<Stream, End> = { alert: rows.alert.end(), event: rows.event.end(), tele: rows.tele.end() };
  const untold = (): Told[] => JSON.parse(meta.read('untold', null) ?? '[]') as Told[];
  let hasUntold = meta.has('untold');
  /** Moment of the newest item, as JSON text: events of the spool itself have no other. */
  let latest: string | null = null;
  /** State as this connection last wrote it. */
  const known = new Map<string, string | null>();
  let attempted: Readonly<Record<Stream, Tail>> | null = null;
  let sealing: Sealing | null = null;
  let { committed } = opening;
  let onSpoiled: (spoiled: Spoiled) => void = () => {};
  /** Leaves everything as it was. A value that is written as it is would be no commit. */
  const touch = (): void => {
    meta.write('touched', '');
    meta.write('touched', null);
  };
  const bringItIn = (): void => bringIn(db, () => transact(touch));
  const spoiled = (one: Spoiled): void => onSpoiled(one);

  const transact = <T>(work: () => T): T => {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk has rolled back already: a second ROLLBACK would hide the reason.
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };
  const eventAt = (at: string, { type, severity, message, detail }: Told): Packed => ({
    stream: 'event',
    at,
    body: JSON.stringify({ type, severity, at: JSON.parse(at), message, detail }),
  });
  /** Appends inside a transaction; `next` holds the ends that follow. */
  const put = (device: string, items: readonly Packed[], next: Record<Stream, End>): void => {
    const origin = originOf(device, id);
    for (const item of items) {
      const [tail, { text }] = link(next[item.stream], item, origin);
      const stored = stow(text, `${item.stream}/${tail.seq}`);
      const end = endAfter(next[item.stream], tail, stored);
      rows[item.stream].insert(end, stored);
      next[item.stream] = end;
    }
  };
  /** Changes something and tells of it in one transaction: at once when a moment is known, else with the next append. */
  const withEvents = (device: string, work: () => readonly Told[]): void => {
    const next = { ...ends };
    transact(() => {
      const told = work();
      if (latest !== null)
        put(
          device,
          told.map((one) => eventAt(latest as string, one)),
          next,
        );
      else if (told.length > 0) meta.write('untold', JSON.stringify([...untold(), ...told]));
    });
    Object.assign(ends, next);
    hasUntold = meta.has('untold');
  };
  return {
    id,
    get tails() {
      return tailsOf(ends);
    },
    get attempted() {
      return attempted;
    },
    append: (device, items, named) => {
      const next = { ...ends };
      const at = items.at(-1)?.at ?? null;
      // What is remembered as it was costs no page of its own.
      const changed = named.filter(([key, value]) => known.get(key) !== value);
      const told = hasUntold && at !== null ? untold() : [];
      transact(() => {
        put(device, at === null ? items : [...items, ...told.map((one) => eventAt(at, one))], next);
        if (told.length > 0) meta.write('untold', null);
        const seal = sealing?.next(items, tailsOf(next));
        if (seal) put(device, [seal], next);
        for (const [key, value] of changed) state.write(key, value === null ? null : stow(value, `state/${key}`));
        attempted = tailsOf(next);
      });
      committed();
      for (const [key, value] of changed) known.set(key, value);
      Object.assign(ends, next);
      sealing?.kept();
      if (told.length > 0) hasUntold = false;
      latest = at ?? latest;
    },
    signWith: (given) => {
      sealing = given;
    },
    recall: (key) => state.read(key, cipher),
    remembered: () => state.keys().map((key) => [key, state.read(key, cipher)] as const),
    ...outbox({
      path,
      role,
      rows,
      textOf,
      transact,
      version,
      opening,
      bringIn: bringItIn,
      spoiled,
    }),
    depth: () => ({ alert: rows.alert.held().rows, event: rows.event.held().rows, tele: rows.tele.held().rows }),
    bytes: () => ({ alert: rows.alert.held().bytes, event: rows.event.held().bytes, tele: rows.tele.held().bytes }),
    ...tidying({ path, spool: id, rows, textOf, withEvents }),
    tell: (told) => {
      if (told.length > 0) transact(() => meta.write('untold', JSON.stringify([...untold(), ...told])));
      hasUntold ||= told.length > 0;
    },
    spoiled: () =>
      streams.flatMap((stream) => {
        const found: Spoiled[] = [];
        for (const row of rows[stream].after(0)) if (!isIntact(row)) found.push({ stream, seq: row.seq });
        return found;
      }),
    onSpoiled: (listener) => {
      onSpoiled = listener;
    },
    adopt: (stream, texts) => {
      transact(() => {
        let end = ends[stream];
        for (const { seq, stored } of texts) {
          end = endAfter(end, { seq, hash: '' }, stored);
          rows[stream].insert(end, stored);
        }
        const mark = rows[stream].mark();
        const count = ends[stream].seq - mark.rows + texts.length;
        rows[stream].setMark({ ...noMark, rows: end.seq - count });
        ends[stream] = end;
      });
    },
    checkpoint: () => {
      const done = db.prepare('PRAGMA wal_checkpoint(RESTART)').get();
      return done?.log === done?.checkpointed;
    },
    bringIn: bringItIn,
    flushApart: () => {
      db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA busy_timeout = 0');
      committed = () => {};
    },
    flush: opening.flush,
    growth: (may) => {
      const pages = may ? 4294967294 : Number(db.prepare('PRAGMA page_count').get()?.page_count);
      db.prepare(`PRAGMA max_page_count = ${pages}`).get();
    },
    check: () => {
      const found = db.prepare('PRAGMA quick_check(1)').get()?.quick_check;
      return found === 'ok' ? null : String(found);
    },
    version,
    isOpen: () => db.isOpen,
    close: () => opening.close(() => db.close()),
  };
}
