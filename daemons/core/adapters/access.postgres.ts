/** Logins and audit log on PostgreSQL, beside the records. */
import { linked } from '../access/audit-chain.ts';
import type { Shelf } from '../ports/accounts.ts';
import type { Audit } from '../ports/audit.ts';
import type { AuditLine } from '../values/audit.ts';
import type { PushOffer, PushPhone } from '../values/push-phone.ts';
import type { AccessStore } from './access.ts';
import { storable } from './postgres.arrays.ts';
import { connectPostgres, type Postgres, type Row } from './postgres.ts';
import { laySchema } from './records.postgres.schema.ts';

/** Opens the store and lays its tables where it may. Errors: Fault `config`, `absent`. */
async function opened(url: string): Promise<Postgres> {
  const db = connectPostgres(url);
  try {
    await laySchema(db);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** What a dispatcher may read of it. Errors: as `openPostgresAccess`. */
export async function openPostgresPush(url: string) {
  const db = await opened(url);
  const [phones, offers] = [shelfIn<PushPhone>(db, 'phone'), shelfIn<PushOffer>(db, 'offer')];
  return { phones, offers, close: () => db.close() };
}

/** Errors: Fault `config`, `absent`. */
export async function openPostgresAccess(url: string): Promise<AccessStore> {
  const db = await opened(url);
  const accounts = {
    people: shelfIn<never>(db, 'person'),
    invitations: shelfIn<never>(db, 'invitation'),
    sessions: shelfIn<never>(db, 'session'),
    tokens: shelfIn<never>(db, 'token'),
    phones: shelfIn<never>(db, 'phone'),
    offers: shelfIn<never>(db, 'offer'),
  };
  return { accounts, audit: auditIn(db), close: () => db.close() };
}

function shelfIn<T>(db: Postgres, name: string): Shelf<T> {
  const table = `access_${name}`;
  const rowOf = (row: Row | undefined): T | null => (row ? (JSON.parse(String(row.body)) as T) : null);
  return {
    read: async (key) =>
      rowOf((await db.ask({ text: `SELECT body FROM ${table} WHERE key = $1`, values: [storable(key)] })).rows[0]),
    all: async () => (await db.ask(`SELECT body FROM ${table} ORDER BY key`)).rows.map((row) => rowOf(row) as T),
    add: async (key, owner, row) => {
      const text = `INSERT INTO ${table} VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;
      return (await db.ask({ text, values: [storable(key), owner, JSON.stringify(row)] })).count > 0;
    },
    change: (key, step) =>
      db.transaction(async (ask) => {
        const values = [storable(key)];
        const found = await ask({ text: `SELECT body FROM ${table} WHERE key = $1 FOR UPDATE`, values });
        const row = rowOf(found.rows[0]);
        if (row === null) return null;
        const [next, answer] = step(row);
        if (next === null) await ask({ text: `DELETE FROM ${table} WHERE key = $1`, values });
        else if (next !== row)
          await ask({
            text: `UPDATE ${table} SET body = $2 WHERE key = $1`,
            values: [storable(key), JSON.stringify(next)],
          });
        return answer;
      }),
    changeAll: (step) =>
      db.transaction(async (ask) => {
        const { rows } = await ask(`SELECT key, body FROM ${table} ORDER BY key FOR UPDATE`);
        let written = 0;
        for (const { key, body } of rows) {
          const row = JSON.parse(String(body)) as T;
          const next = step(row);
          if (next === row) continue;
          await ask({
            text: `UPDATE ${table} SET body = $2 WHERE key = $1`,
            values: [String(key), JSON.stringify(next)],
          });
          written += 1;
        }
        return written;
      }),
    dropOf: async (owner) => void (await db.ask({ text: `DELETE FROM ${table} WHERE owner = $1`, values: [owner] })),
  };
}

/** Held while a line is added: any number that nobody else uses in this database. Two lines after the same one would be a broken log. */
const addLock = 0x66_70_61_75;
const columns = 'n, at_ms AS "atMs", actor, what, alerts, purpose, case_number AS "case", about, hash';

function auditIn(db: Postgres): Audit {
  return {
    add: (entry) =>
      db.transaction(async (ask) => {
        await ask(`SELECT pg_advisory_xact_lock(${addLock})`);
        const { rows } = await ask('SELECT n, hash FROM access_audit ORDER BY n DESC LIMIT 1');
        const last = rows[0] ? { n: Number(rows[0].n), hash: String(rows[0].hash) } : null;
        const { n, atMs, actor, what, alerts, purpose, about, hash, ...line } = linked(last, entry);
        await ask({
          text: 'INSERT INTO access_audit VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
          values: [n, atMs, actor, what, JSON.stringify(alerts), purpose, line.case, about, hash],
        });
        return n;
      }),
    newest: async ({ before = Number.MAX_SAFE_INTEGER, actor = null, what = null, alert = null, limit }) => {
      const { rows } = await db.ask({
        text: `SELECT ${columns} FROM access_audit WHERE n < $1 AND ($2::text IS NULL OR actor = $2) AND ($3::text IS NULL OR what = $3)
          AND ($4::text IS NULL OR alerts::jsonb ? $4) ORDER BY n DESC LIMIT $5`,
        values: [before, actor, what, alert, limit],
      });
      return rows.map(lineOf);
    },
    from: async (n, limit) => {
      const text = `SELECT ${columns} FROM access_audit WHERE n >= $1 ORDER BY n LIMIT $2`;
      return (await db.ask({ text, values: [n, limit] })).rows.map(lineOf);
    },
  };
}

const lineOf = (row: Row): AuditLine =>
  ({
    ...row,
    n: Number(row.n),
    atMs: Number(row.atMs),
    alerts: JSON.parse(String(row.alerts)) as string[],
  }) as unknown as AuditLine;
