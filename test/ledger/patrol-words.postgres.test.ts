import test from 'ava';
import { openPostgresDesk } from '../../daemons/core/adapters/desk.postgres.ts';
import { openPostgresRecords } from '../../daemons/core/adapters/records.postgres.ts';
import { needs } from '../support/needs.ts';
import { patrolWordsContract } from '../support/patrol-words-contract.ts';
import { startPostgres } from '../support/postgres.ts';

if (needs('initdb', 'words of patrols on PostgreSQL')) {
  const server = await startPostgres();
  test.after.always(server.close);
  let opened = 0;
  patrolWordsContract('PostgreSQL', async (t) => {
    const url = await server.space(`words_${++opened}`);
    const records = await openPostgresRecords(url);
    const desk = await openPostgresDesk(url);
    t.teardown(async () => {
      await Promise.all([desk.close(), records.close()]);
    });
    return { records, desk };
  });
} else test('skipped', (t) => t.pass());
