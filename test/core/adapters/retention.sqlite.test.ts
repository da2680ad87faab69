import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { openSqliteArchive } from '../../../daemons/core/adapters/archive.sqlite.ts';
import { openRecords } from '../../../daemons/core/adapters/records.sqlite.ts';
import { openRetention } from '../../../daemons/core/adapters/retention.sqlite.ts';
import { retain, usualRetention } from '../../../daemons/core/records/retention.ts';
import { alertArrival, sampleAlert } from '../../support/alerts.ts';
import { chainsContract } from '../../support/retention-chains-contract.ts';
import { retentionContract } from '../../support/retention-contract.ts';

const inFolder = (t: { teardown(work: () => void): void }): string => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-retention-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return path.join(folder, 'ledger.db');
};

const opened = async (t: { teardown(work: () => void): void }) => {
  const file = inFolder(t);
  const records = await openRecords(file);
  const retention = await openRetention(file);
  const archive = openSqliteArchive(file);
  t.teardown(async () => Promise.all([records.close(), retention.close(), archive.close()]));
  return {
    archive,
    records,
    retention,
    texts: async (device: string) => {
      const db = new DatabaseSync(file, { readOnly: true });
      const rows = db
        .prepare("SELECT text FROM envelope WHERE device = ? AND stream = 'alert' ORDER BY seq")
        .all(device);
      db.close();
      return rows.map(({ text }) => String(text));
    },
  };
};
retentionContract('SQLite', opened);
chainsContract('SQLite', opened);

test('SQLite: what was deleted is nowhere in the files', async (t) => {
  const file = inFolder(t);
  const records = await openRecords(file);
  const where = { lat: 12.3456789, lon: 98.7654321, ceM: 5, source: 'gnss' } as const;
  await records.commit([alertArrival(sampleAlert('a1', { rev: 1, where }), 1)], 0);
  await records.close();
  const retention = await openRetention(file);
  await retain(retention, usualRetention, 31 * 86_400_000);
  await retention.close();
  for (const name of readdirSync(path.dirname(file)))
    t.false(readFileSync(path.join(path.dirname(file), name), 'latin1').includes('12.3456789'), name);
});
