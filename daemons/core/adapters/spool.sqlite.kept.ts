/** The small tables of a spool's file: what it notes of itself (`meta`) and what its daemon remembers (`state`). */
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { RowCipher } from '../spool/cipher.ts';
import { intactText, type Stored } from '../spool/row.ts';
import { streams } from '../values/envelope.ts';

/** `user_version` of the tables as they are made here. */
export const tableVersion = 2;

export function makeTables(db: DatabaseSync, id: string, applicationId: number): void {
  const kept = (name: string): string =>
    `CREATE TABLE ${name}(key TEXT PRIMARY KEY, sum INTEGER NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;`;
  const rows = (name: string): string =>
    `CREATE TABLE ${name}(seq INTEGER PRIMARY KEY, sum INTEGER NOT NULL, pos INTEGER NOT NULL, text TEXT NOT NULL);`;
  // In one transaction, so that a reader finds a whole spool or none.
  db.exec(`BEGIN IMMEDIATE; ${kept('meta')} ${kept('state')} ${streams.map(rows).join(' ')}`);
  db.prepare('INSERT INTO meta VALUES(?, ?, ?)').run('id', crc32(id), id);
  db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${tableVersion}; COMMIT`);
}

export interface Kept {
  /** The value, or null when there is none, it is damaged or cannot be opened. */
  read(key: string, cipher: RowCipher | null): string | null;
  has(key: string): boolean;
  keys(): string[];
  /** Null removes it. */
  write(key: string, value: Stored | null): void;
}

export function keptValues(db: DatabaseSync, name: 'meta' | 'state'): Kept {
  const get = db.prepare(`SELECT sum, value FROM ${name} WHERE key = ?`);
  const put = db.prepare(
    `INSERT INTO ${name} VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET sum = excluded.sum, value = excluded.value`,
  );
  const drop = db.prepare(`DELETE FROM ${name} WHERE key = ?`);
  return {
    read: (key, cipher) => {
      const row = get.get(key);
      return row ? intactText(cipher, { sum: row.sum, pos: 0, stored: row.value }, `${name}/${key}`) : null;
    },
    keys: () =>
      db
        .prepare(`SELECT key FROM ${name}`)
        .all()
        .map(({ key }) => String(key)),
    has: (key) => get.get(key) !== undefined,
    write: (key, value) => {
      if (value === null) drop.run(key);
      else put.run(key, crc32(value), value);
    },
  };
}

/** Shaped like SQLite's own: `isDamage` takes it as one. */
export const damaged = (path: string, what: string): Error =>
  Object.assign(new Error(`${path}: ${what} is damaged`), { code: 'ERR_SQLITE_ERROR', errcode: 11 });
