/** The file of the central store: its tables, transactions, and the errors that the world may cause. */
import { DatabaseSync } from 'node:sqlite';
import { Fault } from '../ports/fault.ts';
import { sqliteAccessTables } from './access.tables.ts';
import { deskTables } from './desk.sqlite.tables.ts';
import { transactionsOf } from './sqlite.transaction.ts';

const schema = 3;

/** Tables with long texts have row ids: in a tree without them each text of more than 1 kB would take a page of its own. */
const tables = `
  CREATE TABLE envelope (
    device TEXT, spool TEXT, stream TEXT, seq INTEGER, hash TEXT, site TEXT, text TEXT, committed_ms INTEGER,
    PRIMARY KEY (device, spool, stream, seq)
  );
  CREATE TABLE conflict (
    device TEXT, spool TEXT, stream TEXT, seq INTEGER, hash TEXT, site TEXT, text TEXT, committed_ms INTEGER,
    PRIMARY KEY (device, spool, stream, seq, hash)
  );
  CREATE TABLE progress (
    device TEXT, spool TEXT, stream TEXT, top INTEGER, through INTEGER, beyond TEXT, PRIMARY KEY (device, spool, stream)
  ) WITHOUT ROWID;
  CREATE TABLE gone (device TEXT, spool TEXT, stream TEXT, first INTEGER, last INTEGER, why TEXT, at_ms INTEGER);
  CREATE TABLE alert (
    id TEXT PRIMARY KEY, site TEXT, device TEXT, rev INTEGER, body TEXT, raised_ms INTEGER, changed_ms INTEGER,
    acknowledged_by TEXT, acknowledged_ms INTEGER, change INTEGER
  );
  CREATE INDEX alert_change ON alert (change);
  CREATE TABLE revision (id TEXT, rev INTEGER, said_ms INTEGER, committed_ms INTEGER, effects INTEGER, PRIMARY KEY (id, rev)) WITHOUT ROWID;
  CREATE TABLE device (
    site TEXT, device TEXT, status TEXT, boot TEXT, session TEXT, last_seen_ms INTEGER, birth TEXT, change INTEGER,
    PRIMARY KEY (site, device)
  ) WITHOUT ROWID;
  CREATE TABLE head (site TEXT, device TEXT, spool TEXT, seq INTEGER, text TEXT, at_ms INTEGER, PRIMARY KEY (device, spool)) WITHOUT ROWID;
  CREATE TABLE quarantine (id INTEGER PRIMARY KEY, topic TEXT, payload BLOB, reason TEXT, at_ms INTEGER);
  CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
`;
/** Came after the others and is laid where it lacks: a program that does not know it works on. */
const laterTables = `
  CREATE TABLE IF NOT EXISTS folded (
    device TEXT, spool TEXT, stream TEXT, first INTEGER, last INTEGER, prev TEXT, links BLOB, PRIMARY KEY (device, spool, stream, last)
  );
  ${deskTables}
  ${sqliteAccessTables}
`;
/** In the counters, so that counting never reads the tables. */
const counters = [
  'change',
  'envelopes',
  'duplicates',
  'conflicts',
  'gone',
  'quarantined',
  'quarantineBytes',
  'quarantineDropped',
] as const;
export type Counter = (typeof counters)[number];

export interface RecordsFile {
  readonly db: DatabaseSync;
  /** Errors: Fault `refused` when the disk or another process does not let us; nothing of the work was then kept. */
  transaction<T>(work: () => T): T;
  /** Adds and gives the new value. */
  add(counter: Counter, amount: number): number;
  read(counter: Counter): number;
}

/** Opens or makes the store. Errors: Fault `config` for a store of another version; SQLite's own at opening. */
export function openRecordsFile(file: string, waitMs: number): RecordsFile {
  const db = new DatabaseSync(file, { timeout: waitMs });
  // Ids of alerts are spread over all pages: a longer log is written back once where a short one is with every batch.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8000;');
  const transaction = transactionsOf(db, file, 'nothing of this transaction was kept');
  // Two processes may open a fresh file at once: who comes second finds it made.
  transaction(() => {
    const found = Number(db.prepare('PRAGMA user_version').get()?.user_version);
    if (found === schema) return void db.exec(laterTables);
    if (found !== 0 || db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n !== 0)
      throw new Fault('config', `${file}: is a store of version ${found}; must be version ${schema} or a new file`);
    db.exec(tables + laterTables);
    for (const name of counters) db.prepare('INSERT INTO counter VALUES (?, 0)').run(name);
    db.exec(`PRAGMA user_version = ${schema}`);
  });
  const added = db.prepare('UPDATE counter SET value = value + ? WHERE name = ? RETURNING value');
  const value = db.prepare('SELECT value FROM counter WHERE name = ?');
  return {
    db,
    transaction,
    add: (counter, amount) => Number(added.get(amount, counter)?.value),
    read: (counter) => Number(value.get(counter)?.value),
  };
}
