import path from 'node:path';
import test from 'ava';
import { openSqliteDesk } from '../../daemons/core/adapters/desk.sqlite.ts';
import { patrolDeskAt } from '../../daemons/core/adapters/patrol-desk.centre.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { boxOver, keyOver } from '../../daemons/core/desk/over-box.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { arrivalOf } from '../support/arrivals.ts';
import { patrolWordsContract } from '../support/patrol-words-contract.ts';

patrolWordsContract('SQLite', async (t) => {
  const file = path.join(freshFolder(t), 'ledger.db');
  const records = await openRecords(file);
  const desk = openSqliteDesk(file);
  t.teardown(async () => {
    await Promise.all([desk.close(), records.close()]);
  });
  return { records, desk };
});

test('an act says over which box it came; one that was done at the centre does not', (t) => {
  t.is(boxOver(keyOver('post-7', 'x')), 'post-7');
  for (const key of [undefined, '', '0b1c8f9e-5a5e-4a53-9f0e-3d5a5f6a7b8c', 'box:', 'box:Post 7:x'])
    t.is(boxOver(key), null);
});

test('the store is opened with the first word, and tells what the box said of its clock', async (t) => {
  const file = path.join(freshFolder(t), 'ledger.db');
  const records = await openRecords(file);
  t.teardown(() => records.close());
  const desk = patrolDeskAt(file);
  t.teardown(() => desk.close());
  const body = { type: 'clock-corrected', detail: { boot: 'b', monoNs: 1, wallMs: 2, uncertaintyMs: 3 } };
  await records.commit([arrivalOf({ seq: 1, stream: 'event', body })], 500);
  t.like((await desk.clockEvents('post-7'))[0], body);
  t.deepEqual(await desk.clockEvents('post-8'), []);
  t.is(await desk.record('none'), null);
});
