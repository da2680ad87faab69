/** Logins and audit log in the SQLite file of the central store. */

import { linked } from '../access/audit-chain.ts';
import type { Accounts, Shelf } from '../ports/accounts.ts';
import type { Audit } from '../ports/audit.ts';
import type { AuditLine } from '../values/audit.ts';
import type { AccessStore } from './access.ts';
import { openRecordsFile, type RecordsFile } from './records.sqlite.file.ts';

/** Errors: Fault `config` for a store of another version; SQLite's own when it cannot be opened. */
export function openSqliteAccess(path: string, waitMs = 10_000): AccessStore {
  const file = openRecordsFile(path, waitMs);
  const close = async (): Promise<void> => file.db.close();
  const accounts: Accounts = {
    people: shelfIn(file, 'person'),
    invitations: shelfIn(file, 'invitation'),
    sessions: shelfIn(file, 'session'),
    tokens: shelfIn(file, 'token'),
    phones: shelfIn(file, 'phone'),
    offers: shelfIn(file, 'offer'),
  };
  return { accounts, audit: auditIn(file), close };
}

export function shelfIn<T>({ db, transaction }: RecordsFile, name: string): Shelf<T> {
  const q = {
    read: db.prepare(`SELECT body FROM access_${name} WHERE key = ?`),
    keyed: db.prepare(`SELECT key, body FROM access_${name} ORDER BY key`),
    all: db.prepare(`SELECT body FROM access_${name} ORDER BY key`),
    add: db.prepare(`INSERT INTO access_${name} VALUES (?, ?, ?) ON CONFLICT DO NOTHING`),
    write: db.prepare(`UPDATE access_${name} SET body = ? WHERE key = ?`),
    drop: db.prepare(`DELETE FROM access_${name} WHERE key = ?`),
    dropOf: db.prepare(`DELETE FROM access_${name} WHERE owner = ?`),
  };
  const rowOf = (found: Record<string, unknown> | undefined): T | null =>
    found ? (JSON.parse(String(found.body)) as T) : null;
  return {
    read: async (key) => rowOf(q.read.get(key)),
    all: async () => q.all.all().map((found) => rowOf(found) as T),
    add: async (key, owner, row) => transaction(() => Number(q.add.run(key, owner, JSON.stringify(row)).changes) > 0),
    change: async (key, step) =>
      transaction(() => {
        const row = rowOf(q.read.get(key));
        if (row === null) return null;
        const [next, answer] = step(row);
        if (next === null) q.drop.run(key);
        else if (next !== row) q.write.run(JSON.stringify(next), key);
        return answer;
      }),
    changeAll: async (step) =>
      transaction(() => {
        let written = 0;
        for (const { key, body } of q.keyed.all()) {
          const row = JSON.parse(String(body)) as T;
          const next = step(row);
          if (next === row) continue;
          q.write.run(JSON.stringify(next), String(key));
          written += 1;
        }
        return written;
      }),
    dropOf: async (owner) => transaction(() => void q.dropOf.run(owner)),
  };
}

const columns = 'n, at_ms AS atMs, actor, what, alerts, purpose, case_number AS "case", about, hash';

function auditIn({ db, transaction }: RecordsFile): Audit {
  const q = {
    last: db.prepare('SELECT n, hash FROM access_audit ORDER BY n DESC LIMIT 1'),
    add: db.prepare('INSERT INTO access_audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    newest: db.prepare(`SELECT ${columns} FROM access_audit WHERE n < :before AND (:actor IS NULL OR actor = :actor)
      AND (:what IS NULL OR what = :what) AND (:alert IS NULL OR EXISTS (SELECT 1 FROM json_each(alerts) WHERE value = :alert))
      ORDER BY n DESC LIMIT :limit`),
    from: db.prepare(`SELECT ${columns} FROM access_audit WHERE n >= ? ORDER BY n LIMIT ?`),
  };
  return {
    add: async (entry) =>
      transaction(() => {
        const line = linked((q.last.get() as Pick<AuditLine, 'n' | 'hash'> | undefined) ?? null, entry);
        const { n, atMs, actor, what, alerts, purpose, about, hash } = line;
        q.add.run(n, atMs, actor, what, JSON.stringify(alerts), purpose, line.case, about, hash);
        return n;
      }),
    newest: async ({ before = Number.MAX_SAFE_INTEGER, actor = null, what = null, alert = null, limit }) =>
      q.newest.all({ before, actor, what, alert, limit }).map(lineOf),
    from: async (n, limit) => q.from.all(n, limit).map(lineOf),
  };
}

const lineOf = (row: Record<string, unknown>): AuditLine =>
  ({ ...row, alerts: JSON.parse(String(row.alerts)) as string[] }) as unknown as AuditLine;
