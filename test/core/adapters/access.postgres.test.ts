import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import pg from 'pg';
import { openPostgresAccess } from '../../../daemons/core/adapters/access.postgres.ts';
import { openPostgresDesk } from '../../../daemons/core/adapters/desk.postgres.ts';
import { openPostgresRecords } from '../../../daemons/core/adapters/records.postgres.ts';
import { accessContract, sampleAccount, sampleEntry } from '../../support/access-contract.ts';
import { alertArrival, sampleAlert } from '../../support/alerts.ts';
import { needs } from '../../support/needs.ts';
import { startPostgres } from '../../support/postgres.ts';
import { pushPhonesContract } from '../../support/push-phones-contract.ts';

const server = needs('initdb', 'logins and the audit log on PostgreSQL') ? await startPostgres() : null;
if (server) {
  test.after.always(server.close);
  let n = 0;
  accessContract('PostgreSQL', async (t) => {
    const url = await server.space(`access${++n}`);
    return async () => {
      const store = await openPostgresAccess(url);
      t.teardown(() => store.close());
      return store;
    };
  });

  pushPhonesContract('PostgreSQL', async () => {
    const owner = await server.space('push');
    const store = await openPostgresAccess(owner);
    await store.close();
    const db = new pg.Client(owner);
    await db.connect();
    const schema = String((await db.query('SELECT current_schema() AS schema')).rows[0].schema);
    const sql = readFileSync(path.join(import.meta.dirname, '../../../deploy/central/dispatch.sql'), 'utf8');
    await db.query('CREATE ROLE "fieldpost-dispatch" LOGIN');
    await db.query(sql.replaceAll('SCHEMA public', `SCHEMA ${schema}`));
    await db.query('SET ROLE "fieldpost-dispatch"');
    await db.query('SELECT * FROM access_phone').finally(() => db.end());
    return { owner, dispatcher: owner.replace('postgres://postgres@', 'postgres://fieldpost-dispatch@') };
  });

  test('PostgreSQL: a line of the audit log is neither changed nor removed, not even by the owner of the table', async (t) => {
    const url = await server.space('kept');
    const store = await openPostgresAccess(url);
    const db = new pg.Client(url);
    await db.connect();
    t.teardown(async () => {
      await db.end();
      await store.close();
    });
    await store.audit.add(sampleEntry('one'));
    for (const statement of [
      "UPDATE access_audit SET actor = 'x'",
      'DELETE FROM access_audit',
      'TRUNCATE access_audit',
    ])
      await t.throwsAsync(db.query(statement), { message: /never changed or removed/ });
  });

  test('PostgreSQL: with the rights of console.sql the console keeps logins and adds to the log, and can do no more to it', async (t) => {
    const url = await server.space('rights');
    const owner = await openPostgresAccess(url);
    const db = new pg.Client(url);
    await db.connect();
    const { rows } = await db.query('SELECT current_schema() AS schema');
    const schema = String(rows[0].schema);
    const sql = readFileSync(path.join(import.meta.dirname, '../../../deploy/central/console.sql'), 'utf8');
    await db.query('CREATE ROLE "fieldpost-console" LOGIN');
    await db.query(sql.replaceAll('SCHEMA public', `SCHEMA ${schema}`));
    await db.query('SET ROLE "fieldpost-console"');
    t.teardown(async () => {
      await db.end();
      await owner.close();
    });
    await t.notThrowsAsync(db.query("INSERT INTO access_person VALUES ('a', 'a', '{}')"));
    await t.notThrowsAsync(db.query("UPDATE access_person SET body = '{}'; DELETE FROM access_person"));
    await t.notThrowsAsync(
      db.query("BEGIN; INSERT INTO access_audit VALUES (1, 0, 'a', 'view', '[]', NULL, NULL, '', 'h'); ROLLBACK"),
    );
    for (const statement of [
      "UPDATE access_audit SET actor = 'x'",
      'DELETE FROM access_audit',
      'TRUNCATE access_audit',
      'DROP TABLE access_audit',
      'ALTER TABLE access_audit DISABLE TRIGGER ALL',
      'DELETE FROM alert',
    ])
      await t.throwsAsync(db.query(statement), { message: /permission denied|must be owner/ }, statement);
    await t.notThrowsAsync(owner.accounts.people.add('op-1', 'op-1', sampleAccount('op-1')));
    const ledger = await openPostgresRecords(url);
    await ledger.commit([alertArrival(sampleAlert('a1'), 1)], 1000);
    const limited = url.replace('postgres://postgres@', 'postgres://fieldpost-console@');
    const [desk, access] = [await openPostgresDesk(limited), await openPostgresAccess(limited)];
    t.teardown(() => Promise.all([ledger.close(), desk.close(), access.close()]));
    const wish = { alert: 'a1', by: 'op-1', role: 'operator', atMs: 2000 } as const;
    t.truthy((await desk.act({ ...wish, deed: { what: 'acknowledge' } }))?.act);
    t.truthy((await desk.act({ ...wish, deed: { what: 'note', text: 'seen from the road' } }))?.act);
    t.true(await desk.swap('shift', 0, { lead: 'op-1' }));
    await desk.appoint([{ alert: 'a1', dueMs: 1, open: true, acceptedMs: 0 }]);
    await access.audit.add(sampleEntry('by the console'));
  });
}
