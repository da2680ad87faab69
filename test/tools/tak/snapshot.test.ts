import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DataPackage } from '@tak-ps/node-cot';
import test from 'ava';
import { openSqliteDesk } from '../../../daemons/core/adapters/desk.sqlite.ts';
import { openRecords } from '../../../daemons/core/adapters/records.sqlite.ts';
import { takSnapshot } from '../../../daemons/tools/tak/snapshot.ts';
import { alertArrival, sampleAlert } from '../../support/alerts.ts';
import { locatedAlert } from '../../support/located.ts';

test('open alerts are events of a mission package that node-CoT reads; what is over, held back or nowhere is not in it', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-snapshot-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [file, out] = [path.join(folder, 'central.db'), path.join(folder, 'open.dpk')];
  const [records, desk] = [await openRecords(file), openSqliteDesk(file)];
  t.teardown(async () => void (await Promise.all([records.close(), desk.close()])));
  const alerts = [
    sampleAlert('a/../b'),
    locatedAlert('source'),
    sampleAlert('nowhere', { where: null }),
    sampleAlert('over'),
  ];
  await records.commit(
    alerts.map((one, i) => alertArrival(one, i + 1)),
    Date.now(),
  );
  const deed = { what: 'resolve', outcome: 'found', text: '' } as const;
  await desk.act({ alert: 'over', by: 'op-1', role: 'operator', atMs: Date.now(), deed });
  const options = { records: file, out, dwellings: false, hours: 1 };
  t.deepEqual(await takSnapshot(options), [`${out}: 2 alerts, fresh for 1 h; 1 without a place are left out`]);
  const opened = await DataPackage.parse(out, { cleanup: false });
  t.teardown(() => opened.destroy());
  const uids = (await opened.cots()).map((one) => one.uid()).sort();
  t.deepEqual(uids, ['fieldpost.north.a/../b', 'fieldpost.north.source', 'fieldpost.north.source.region']);
  await t.throwsAsync(takSnapshot(options), { message: /is there already/ });
  t.regex((await takSnapshot({ ...options, out: `${out}2`, dwellings: true }))[0] ?? '', /: 0 alerts/);
});
