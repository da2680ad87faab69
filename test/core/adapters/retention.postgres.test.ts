import test, { type ExecutionContext } from 'ava';
import { openPostgresArchive } from '../../../daemons/core/adapters/archive.postgres.ts';
import { openPostgresRecords } from '../../../daemons/core/adapters/records.postgres.ts';
import { openPostgresRetention } from '../../../daemons/core/adapters/retention.postgres.ts';
import { needs } from '../../support/needs.ts';
import { startPostgres } from '../../support/postgres.ts';
import { chainsContract } from '../../support/retention-chains-contract.ts';
import { retentionContract } from '../../support/retention-contract.ts';

if (needs('initdb', 'retention on PostgreSQL')) {
  const server = await startPostgres();
  test.after.always(server.close);
  let opened = 0;
  const openOne = async (t: ExecutionContext) => {
    const name = `retention_${++opened}`;
    const url = await server.database(name);
    const records = await openPostgresRecords(url);
    const retention = await openPostgresRetention(url);
    const archive = openPostgresArchive(url);
    t.teardown(async () => Promise.all([records.close(), retention.close(), archive.close()]));
    return {
      archive,
      records,
      retention,
      texts: async (device: string) => {
        const sql = `SELECT text FROM envelope WHERE device = '${device}' AND stream = 'alert' ORDER BY seq`;
        return (await server.query(name, sql)).map(({ text }) => String(text));
      },
    };
  };
  retentionContract('PostgreSQL', openOne);
  chainsContract('PostgreSQL', openOne);
} else test('skipped', (t) => t.pass());
