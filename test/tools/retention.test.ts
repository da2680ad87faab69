import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { forgetNow, holdAlert, liftHold, listHolds } from '../../daemons/tools/retention/retention.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';

const dayMs = 86_400_000;

test('an alert is held for days, contested until lifted, and forgotten when nothing keeps it', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-holds-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'ledger.db');
  const records = await openRecords(file);
  await records.commit([alertArrival(sampleAlert('a1'), 1)], 0);
  await records.close();
  const asked = { alert: 'a1', by: 'op-17', reason: 'court' };
  await holdAlert(file, { name: 'case-7', days: 60, ...asked }, 0);
  await holdAlert(file, { name: 'contest-7', ...asked }, 0);
  t.is((await forgetNow(file, 70 * dayMs)).held, 1);
  await liftHold(file, 'contest-7', 'op-3', 70 * dayMs);
  t.deepEqual(
    (await listHolds(file)).map(({ name, kind, untilMs }) => [name, kind, untilMs]),
    [
      ['case-7', 'legal', 60 * dayMs],
      ['contest-7', 'contest', null],
    ],
  );
  t.is((await forgetNow(file, 71 * dayMs)).coarsened, 1);
});

test('a hold that never ends, one that is not there and a store that is not there are refused by name', async (t) => {
  const asked = { name: 'x', alert: 'a1', by: 'op-17', reason: 'court' };
  await t.throwsAsync(holdAlert('/nowhere/ledger.db', { days: 1000, ...asked }, 0), {
    message: /must be 1 to 366 days/,
  });
  await t.throwsAsync(holdAlert('/nowhere/ledger.db', asked, 0), { message: /ledger.db: there is no store/ });
});
