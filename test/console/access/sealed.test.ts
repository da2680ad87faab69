import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import pg from 'pg';
import { openPostgresAccess } from '../../../daemons/core/adapters/access.postgres.ts';
import { openSqliteAccess } from '../../../daemons/core/adapters/access.sqlite.ts';
import type { AccessStore } from '../../../daemons/core/adapters/access.ts';
import { freshFolder } from '../../core/spool/keeping.ts';
import { needs } from '../../support/needs.ts';
import { startPostgres } from '../../support/postgres.ts';
import { sealedContract } from '../../support/sealed-contract.ts';

const closing = (t: ExecutionContext, store: AccessStore): AccessStore => {
  t.teardown(() => store.close());
  return store;
};

const server = needs('initdb', 'sealed secrets on PostgreSQL') ? await startPostgres() : null;

sealedContract('SQLite', async (t) => {
  const file = path.join(freshFolder(t), 'central.db');
  const within = <T>(work: (db: DatabaseSync) => T): T => {
    const db = new DatabaseSync(file);
    try {
      return work(db);
    } finally {
      db.close();
    }
  };
  return {
    open: async () => closing(t, openSqliteAccess(file)),
    everything: async () =>
      JSON.stringify(
        within((db) => ['access_person', 'access_invitation'].map((one) => db.prepare(`SELECT * FROM ${one}`).all())),
      ),
    write: async (id, body) =>
      within((db) => void db.prepare('UPDATE access_person SET body = ? WHERE key = ?').run(body, id)),
  };
});

if (server) {
  test.after.always(server.close);
  let n = 0;
  sealedContract('PostgreSQL', async (t) => {
    const url = await server.space(`sealed_${++n}`);
    const ask = async (text: string, values: readonly string[] = []) => {
      const db = new pg.Client(url);
      await db.connect();
      try {
        return (await db.query(text, [...values])).rows;
      } finally {
        await db.end();
      }
    };
    return {
      open: async () => closing(t, await openPostgresAccess(url)),
      everything: async () =>
        JSON.stringify([await ask('SELECT * FROM access_person'), await ask('SELECT * FROM access_invitation')]),
      write: async (id, body) => void (await ask('UPDATE access_person SET body = $1 WHERE key = $2', [body, id])),
    };
  });
}
