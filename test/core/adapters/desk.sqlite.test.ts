import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import test, { type ExecutionContext } from 'ava';
import { openSqliteDesk } from '../../../daemons/core/adapters/desk.sqlite.ts';
import { openRecords } from '../../../daemons/core/adapters/records.sqlite.ts';
import { deskContract, type OpenedDesk, raised, wish } from '../../support/desk-contract.ts';
import { regionContract } from '../../support/region-contract.ts';
import { freshFolder } from '../spool/keeping.ts';

async function openIn(t: ExecutionContext, file: string): Promise<OpenedDesk> {
  const records = await openRecords(file);
  const [desk, beside] = [openSqliteDesk(file), openSqliteDesk(file)];
  t.teardown(async () => {
    await Promise.all([desk.close(), beside.close(), records.close()]);
  });
  return { records, desk, beside };
}
const fileOf = (t: ExecutionContext): string => path.join(freshFolder(t), 'ledger.db');

deskContract('SQLite', (t) => openIn(t, fileOf(t)));
regionContract('SQLite', (t) => openIn(t, fileOf(t)));

test('threads that acknowledge the same alerts at once: each alert is acknowledged by one, and by the one who is told so', async (t) => {
  const file = fileOf(t);
  const { records, desk } = await openIn(t, file);
  const ids = Array.from({ length: 20 }, (_, i) => `a${i}`);
  await raised(records, ...ids);
  const workers = ['op-1', 'op-2', 'op-3'].map(
    (by) =>
      new Promise<string[]>((resolve, reject) => {
        const worker = new Worker(new URL('../../support/desk-worker.ts', import.meta.url), {
          workerData: { file, by, ids },
        });
        worker.once('message', resolve);
        worker.once('error', reject);
      }),
  );
  const won = await Promise.all(workers);
  t.is(won.flat().length, ids.length);
  for (const [i, mine] of won.entries())
    for (const id of mine) t.is((await desk.record(id))?.acknowledged?.by, `op-${i + 1}`);
});

test('acts cannot be changed or taken out, not even by SQL', async (t) => {
  const file = fileOf(t);
  const { records, desk } = await openIn(t, file);
  await raised(records, 'a');
  await desk.act(wish('a', { what: 'accept' }));
  const db = new DatabaseSync(file);
  t.teardown(() => db.close());
  t.throws(() => db.exec("UPDATE act SET by = 'somebody'"), { message: /only ever added/ });
  t.throws(() => db.exec('DELETE FROM act'), { message: /only ever added/ });
});

test('a program that does not know of desks works on in a store that has them', async (t) => {
  const file = fileOf(t);
  const { records } = await openIn(t, file);
  const db = new DatabaseSync(file);
  t.teardown(() => db.close());
  db.prepare('INSERT INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?)').run('z', 'n', 'd', 1, '{}', 1, 1, 1);
  t.is((await records.counts()).alerts, 1);
});
