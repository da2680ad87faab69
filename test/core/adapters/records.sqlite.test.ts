import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { openRecords } from '../../../daemons/core/adapters/records.sqlite.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import { arrivalOf } from '../../support/arrivals.ts';
import { recordsContract } from '../../support/records-contract.ts';
import { freshFolder } from '../spool/keeping.ts';

let opened = 0;
recordsContract('SQLite', async (t) => {
  const records = await openRecords(path.join(freshFolder(t), `${++opened}.db`));
  t.teardown(() => records.close());
  return records;
});

test('what was committed is there after the store was opened again, watermark and all', async (t) => {
  const file = path.join(freshFolder(t), 'ledger.db');
  const first = await openRecords(file);
  await first.commit([arrivalOf({ seq: 1 }), arrivalOf({ seq: 4 })], 0);
  await first.close();
  const again = await openRecords(file);
  t.deepEqual((await again.watermark('post-7', 's', 'alert')).missing, [2, 3]);
  t.is((await again.counts()).alerts, 1 + 1);
  await again.close();
});

test('the quarantine has room for so much; the oldest make way and are counted', async (t) => {
  const records = await openRecords(path.join(freshFolder(t), 'ledger.db'), { bytes: 100, messages: 4 });
  t.teardown(() => records.close());
  const bad = (n: number, size: number) => ({ topic: `${n}`, payload: new Uint8Array(size), reason: 'bad' });
  await records.quarantine([bad(1, 40), bad(2, 40), bad(3, 40)], 0);
  t.deepEqual(
    (await records.quarantined(9)).map(({ topic }) => topic),
    ['3', '2'],
  );
  await records.quarantine([bad(4, 1), bad(5, 1), bad(6, 1), bad(7, 1)], 0);
  t.deepEqual(
    (await records.quarantined(9)).map(({ topic }) => topic),
    ['7', '6', '5', '4'],
  );
  const { quarantined, quarantineDropped } = await records.counts();
  t.deepEqual({ quarantined, quarantineDropped }, { quarantined: 7, quarantineDropped: 3 });
});

test('a store that another process holds is a Fault that says so, and nothing of the commit was kept', async (t) => {
  const file = path.join(freshFolder(t), 'ledger.db');
  const records = await openRecords(file, undefined, 50);
  const other = new DatabaseSync(file);
  t.teardown(async () => {
    other.close();
    await records.close();
  });
  other.exec('BEGIN IMMEDIATE');
  const error = await t.throwsAsync(records.commit([arrivalOf({ seq: 1 })], 0), { instanceOf: Fault });
  t.is(error?.kind, 'refused');
  t.true(error?.message.includes(file));
  other.exec('ROLLBACK');
  t.deepEqual(await records.commit([arrivalOf({ seq: 1 })], 0), ['new']);
});

test('a store of another version is refused by name', async (t) => {
  const file = path.join(freshFolder(t), 'ledger.db');
  const other = new DatabaseSync(file);
  other.exec('CREATE TABLE envelope (text TEXT); PRAGMA user_version = 1');
  other.close();
  const error = await t.throwsAsync(openRecords(file), { instanceOf: Fault });
  t.regex(error?.message ?? '', /ledger\.db: is a store of version 1; must be version 3/);
});
