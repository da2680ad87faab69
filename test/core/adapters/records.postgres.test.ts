import test from 'ava';
import { openPostgresRecords } from '../../../daemons/core/adapters/records.postgres.ts';
import { needs } from '../../support/needs.ts';
import { startPostgres } from '../../support/postgres.ts';
import { recordsContract } from '../../support/records-contract.ts';

if (needs('initdb', 'the central store on PostgreSQL')) {
  const server = await startPostgres();
  test.after.always(server.close);
  let opened = 0;
  recordsContract('PostgreSQL', async (t) => {
    const records = await openPostgresRecords(await server.space(`contract_${++opened}`));
    t.teardown(() => records.close());
    return records;
  });
} else test('skipped', (t) => t.pass());
