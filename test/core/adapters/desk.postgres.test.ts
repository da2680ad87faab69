import test from 'ava';
import { openPostgresDesk } from '../../../daemons/core/adapters/desk.postgres.ts';
import { openPostgresRecords } from '../../../daemons/core/adapters/records.postgres.ts';
import { deskContract, type Open } from '../../support/desk-contract.ts';
import { needs } from '../../support/needs.ts';
import { startPostgres } from '../../support/postgres.ts';
import { regionContract } from '../../support/region-contract.ts';

if (needs('initdb', 'the desk on PostgreSQL')) {
  const server = await startPostgres();
  test.after.always(server.close);
  let opened = 0;
  const open: Open = async (t) => {
    const url = await server.space(`desk_${++opened}`);
    const records = await openPostgresRecords(url);
    const [desk, beside] = [await openPostgresDesk(url), await openPostgresDesk(url)];
    t.teardown(async () => {
      await Promise.all([desk.close(), beside.close(), records.close()]);
    });
    return { records, desk, beside };
  };
  deskContract('PostgreSQL', open);
  regionContract('PostgreSQL', open);
} else test('skipped', (t) => t.pass());
