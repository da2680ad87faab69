/** What the world does to the central store on PostgreSQL: kills, other versions, wrong settings, odd bytes, late transactions. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import pg from 'pg';
import { openPostgresAccess } from '../../../daemons/core/adapters/access.postgres.ts';
import { openPostgresDesk } from '../../../daemons/core/adapters/desk.postgres.ts';
import { faultOf, withoutPassword } from '../../../daemons/core/adapters/postgres.ts';
import { openPostgresRecords } from '../../../daemons/core/adapters/records.postgres.ts';
import { Fault, isFault } from '../../../daemons/core/ports/fault.ts';
import type { Arrival } from '../../../daemons/core/ports/records.ts';
import { arrivalOf } from '../../support/arrivals.ts';
import { needs } from '../../support/needs.ts';
import { startPostgres } from '../../support/postgres.ts';
import { until } from '../spool/keeping.ts';

const server = needs('initdb', 'the central store on a PostgreSQL in trouble') ? await startPostgres() : null;

test('a password is in no message', (t) => {
  t.is(withoutPassword('postgres://me:s3cret@db.example/centre?x=1'), 'postgres://me@db.example/centre?x=1');
  t.is(withoutPassword('postgresql://me:p@ss@db/centre'), 'postgresql://me@db/centre');
  t.is(withoutPassword('postgres:///c?host=/run&password=s3cret&x=1'), 'postgres:///c?host=/run&password=...&x=1');
});

test('what PostgreSQL answers is told apart: away, not now, wrong address, wrong value, and our own mistakes', (t) => {
  const answer = (code: string) => Object.assign(new pg.DatabaseError('no', 1, 'error'), { code });
  const kindOf = (error: unknown): string => {
    const fault = faultOf(error, 'db');
    return isFault(fault) ? fault.kind : 'bug';
  };
  t.deepEqual(
    ['57P01', '57P03', '08006', '53300', '53100', '40001', '28P01', '3D000', '42501', '22021', '42703'].map((code) =>
      kindOf(answer(code)),
    ),
    [
      ...['absent', 'absent', 'absent', 'refused', 'refused', 'refused'],
      ...['config', 'config', 'config', 'protocol', 'bug'],
    ],
  );
  t.is(kindOf(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })), 'absent');
  t.is(kindOf(new Error('Connection terminated unexpectedly')), 'absent');
  t.is(kindOf(new TypeError('x is not a function')), 'bug');
});

if (server) {
  test.after.always(server.close);

  test('a reader that comes while an older transaction still runs misses nothing', async (t) => {
    const url = await server.space('late');
    const records = await openPostgresRecords(url);
    const late = new pg.Client(url);
    await late.connect();
    t.teardown(async () => {
      await late.end();
      await records.close();
    });
    await records.commit([arrivalOf({ seq: 1 })], 0);
    await late.query('BEGIN');
    // Its number is lower than that of the next commit, and it ends after it.
    await late.query(
      "UPDATE alert SET changed_ms = 7, change = pg_current_xact_id()::text::bigint << 12 WHERE device = 'post-7'",
    );
    await records.commit([arrivalOf({ seq: 1, device: 'post-8' })], 0);
    const first = await records.changes(0, 10);
    await late.query('COMMIT');
    const second = await records.changes(first.cursor, 10);
    t.deepEqual([...first.alerts, ...second.alerts].map(({ device, changedMs }) => `${device} ${changedMs}`).sort(), [
      'post-7 0',
      'post-7 7',
      'post-8 0',
    ]);
  });

  test('changes come in pages, each in full, whatever one commit held', async (t) => {
    const records = await openPostgresRecords(await server.space('pages'));
    t.teardown(() => records.close());
    await records.commit(
      Array.from({ length: 25 }, (_, i) => arrivalOf({ seq: i + 1 })),
      0,
    );
    const seen: string[] = [];
    let cursor = 0;
    for (let page = 0; page < 4; page++) {
      const changes = await records.changes(cursor, 10);
      t.true(changes.alerts.length <= 10);
      seen.push(...changes.alerts.map(({ alert }) => alert.id));
      cursor = changes.cursor;
    }
    t.is(new Set(seen).size, 25);
    t.is(seen.length, 25);
  });

  test('numbers of a restored dump that lie ahead of the transactions are seen all the same', async (t) => {
    const url = await server.space('restored');
    const before = await openPostgresRecords(url);
    await before.commit([arrivalOf({ seq: 1 })], 0);
    await before.close();
    await server.query('postgres', 'UPDATE restored.alert SET change = 1::bigint << 52');
    const records = await openPostgresRecords(url);
    t.teardown(() => records.close());
    t.is((await records.changes(0, 10)).alerts.length, 1);
  });

  test('an id with U+0000 and a reason that quotes it are kept: nothing a box sends stops the store', async (t) => {
    const records = await openPostgresRecords(await server.space('nul'));
    t.teardown(() => records.close());
    t.deepEqual(await records.commit([arrivalOf({ seq: 1, body: { id: 'a\0b' } })], 0), ['new']);
    const oldest = [{ spool: 's\0', stream: 'tele', seq: 4 } as const];
    await records.status('north', 'post-7', { status: 'online', boot: 'b\0', oldest }, 0);
    await records.quarantine([{ topic: 'a\0', payload: new Uint8Array([0]), reason: 'not "\0"' }], 0);
    t.is((await records.changes(0, 1)).alerts[0]?.alert.id, 'a\0b');
    t.true(await records.acknowledge('a\0b', 'op', 1));
    t.is((await records.quarantined(1)).length, 1);
  });

  test('two devices that claim one id in one batch: the first one of all time keeps it', async (t) => {
    const records = await openPostgresRecords(await server.space('claims'));
    t.teardown(() => records.close());
    const claim = (device: string, seq: number, rev: number) => arrivalOf({ device, seq, body: { id: 'x', rev } });
    await records.commit([claim('post-8', 1, 1)], 0);
    await records.commit([claim('post-7', 1, 5), claim('post-8', 2, 2)], 0);
    const [alert] = (await records.changes(0, 10)).alerts;
    t.deepEqual([alert?.device, alert?.alert.rev], ['post-8', 2]);
  });

  test('a store of a newer program is refused by name', async (t) => {
    const url = await server.space('newer');
    await (await openPostgresRecords(url)).close();
    await server.query('postgres', 'UPDATE newer.schema_version SET version = 99');
    const error = await t.throwsAsync(openPostgresRecords(url), { instanceOf: Fault });
    t.is(error?.kind, 'config');
    t.regex(error?.message ?? '', /version 99.*newer program/);
  });

  test('a database that would confirm before it is durable is refused', async (t) => {
    const url = `${await server.space('careless')}`.replace('options=', 'options=-csynchronous_commit%3Doff%20');
    const error = await t.throwsAsync(openPostgresRecords(url), { instanceOf: Fault });
    t.regex(error?.message ?? '', /synchronous_commit is off/);
  });

  test('the console of deploy/central reads, acknowledges and may do nothing else', async (t) => {
    const url = await server.database('roles');
    const ledger = await openPostgresRecords(url);
    await ledger.commit([arrivalOf({ seq: 1 })], 0);
    await server.query('roles', 'CREATE ROLE "fieldpost-console" LOGIN');
    await server.query('roles', readFileSync(new URL('../../../deploy/central/console.sql', import.meta.url), 'utf8'));
    const records = await openPostgresRecords(url.replace('postgres@', 'fieldpost-console@'));
    t.teardown(async () => {
      await ledger.close();
      await records.close();
    });
    const [alert] = (await records.changes(0, 10)).alerts;
    t.true(await records.acknowledge(alert?.alert.id ?? '', 'op', 1));
    t.is((await records.counts()).acknowledged, 1);
    const error = await t.throwsAsync(records.commit([arrivalOf({ seq: 2 })], 0), { instanceOf: Fault });
    t.is(error?.kind, 'config');
    t.regex(error?.message ?? '', /permission denied/);
  });

  test('the dispatcher of deploy/central reads alerts, adds what it told to whom, and reads no login', async (t) => {
    const url = await server.database('ways');
    const ledger = await openPostgresRecords(url);
    await ledger.commit([arrivalOf({ seq: 1 })], 0);
    const desk = await openPostgresDesk(url);
    await (await openPostgresAccess(url)).close();
    await server.query('ways', 'CREATE ROLE "fieldpost-dispatch" LOGIN');
    await server.query('ways', readFileSync(new URL('../../../deploy/central/dispatch.sql', import.meta.url), 'utf8'));
    const limited = url.replace('postgres@', 'fieldpost-dispatch@');
    const records = await openPostgresRecords(limited);
    const own = await openPostgresDesk(limited);
    t.teardown(async () => void (await Promise.all([ledger.close(), desk.close(), records.close(), own.close()])));
    const [
      {
        alert: { id },
      } = { alert: { id: '' } },
    ] = (await records.changes(0, 10)).alerts;
    const deed = { what: 'tell', unit: 'unit-1', way: 'ntfy', step: 0, grouped: false } as const;
    const done = await own.act({ alert: id, by: 'centre', role: 'centre', atMs: 5, deed });
    t.is(done?.why, null);
    t.is((await desk.record(id))?.desk?.told?.[0]?.unit, 'unit-1');
    await t.throwsAsync(
      openPostgresAccess(limited).then((access) => access.accounts.people.all()),
      { message: /permission denied/ },
    );
    const error = await t.throwsAsync(records.commit([arrivalOf({ seq: 2 })], 0), { instanceOf: Fault });
    t.regex(error?.message ?? '', /permission denied/);
  });

  test('several that open an empty database at once lay the tables once', async (t) => {
    const url = await server.space('together');
    const all = await Promise.all(Array.from({ length: 5 }, () => openPostgresRecords(url)));
    t.deepEqual(await all[0]?.commit([arrivalOf({ seq: 1 })], 0), ['new']);
    t.is((await all[4]?.counts())?.envelopes, 1);
    for (const one of all) await one.close();
  });

  test('the quarantine has room for so much; the oldest make way and are counted', async (t) => {
    const records = await openPostgresRecords(await server.space('room'), { room: { bytes: 100, messages: 4 } });
    t.teardown(() => records.close());
    const bad = (n: number, size: number) => ({ topic: `${n}`, payload: new Uint8Array(size), reason: 'bad' });
    const topics = async () => (await records.quarantined(9)).map(({ topic }) => topic);
    await records.quarantine([bad(1, 40), bad(2, 40), bad(3, 40)], 0);
    t.deepEqual(await topics(), ['3', '2']);
    await records.quarantine([bad(4, 1), bad(5, 1), bad(6, 1), bad(7, 1)], 0);
    t.deepEqual(await topics(), ['7', '6', '5', '4']);
    const { quarantined, quarantineDropped } = await records.counts();
    t.deepEqual({ quarantined, quarantineDropped }, { quarantined: 7, quarantineDropped: 3 });
  });
}

const title =
  'a PostgreSQL that is killed again and again loses nothing that was committed, and the store goes on by itself';
test(title, async (t) => {
  if (!needs('initdb', title)) {
    t.pass();
    return;
  }
  const own = await startPostgres();
  t.teardown(own.close);
  const url = await own.database('killed');
  const records = await openPostgresRecords(url);
  const reader = await openPostgresRecords(url);
  let heard = 0;
  const off = reader.onChange(() => {
    heard += 1;
  });
  let seq = 0;
  let refused = 0;
  const committed = new Set<number>();
  let over = false;
  /** As the ledger does: until it is taken. */
  const keep = async (batch: readonly Arrival[]): Promise<void> => {
    while (!over) {
      try {
        await records.commit(batch, 0);
        for (const { envelope } of batch) committed.add(envelope.seq);
        return;
      } catch (error) {
        if (!isFault(error) || error.kind === 'protocol' || error.kind === 'config') throw error;
        refused += 1;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  };
  const writing = (async () => {
    while (!over) await keep(Array.from({ length: 20 }, () => arrivalOf({ seq: ++seq })));
  })();
  for (let round = 1; round <= 3; round++) {
    const goal = committed.size + 100;
    await until(() => committed.size >= goal);
    await own.stop('SIGKILL');
    await own.start();
  }
  const goal = committed.size + 100;
  await until(() => committed.size >= goal);
  over = true;
  await writing;
  t.true(refused > 0);
  const rows = await own.query('killed', 'SELECT seq FROM envelope');
  const there = new Set(rows.map((row) => Number(row.seq)));
  t.deepEqual(
    [...committed].filter((one) => !there.has(one)),
    [],
  );
  t.is(await records.doubledEffects(), 0);
  const before = heard;
  await records.commit([arrivalOf({ seq: ++seq })], 0);
  await until(() => heard > before);
  off();
  await records.close();
  await reader.close();
});
