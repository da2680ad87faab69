import test from 'ava';
import { openPostgresDesk } from '../../../daemons/core/adapters/desk.postgres.ts';
import { historyOn } from '../../../daemons/core/adapters/history.postgres.ts';
import { connectPostgres } from '../../../daemons/core/adapters/postgres.ts';
import { openPostgresRecords } from '../../../daemons/core/adapters/records.postgres.ts';
import type { Found } from '../../../daemons/core/ports/history.ts';
import { deskContract, type Open, raised, wish } from '../../support/desk-contract.ts';
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

  test('PostgreSQL: frequent words are looked for in another way, and find the same, page by page', async (t) => {
    const url = await server.space('frequent');
    const records = await openPostgresRecords(url);
    const desk = await openPostgresDesk(url);
    const db = connectPostgres(url);
    t.teardown(async () => {
      await Promise.all([records.close(), desk.close(), db.close()]);
    });
    const ids = Array.from({ length: 40 }, (_, i) => `a${i}`);
    await raised(records, ...ids, 'road');
    for (const [i, id] of ids.entries()) {
      const text = ['barrels', i % 2 ? 'near the road' : '', i % 5 ? 'roadside' : ''].join(' ');
      await desk.act(wish(id, { what: 'note', text }));
    }
    await desk.act(wish('a1', { what: 'drill', text: 'x' }, 'centre'));
    const [usual, other] = [historyOn(db.ask), historyOn(db.ask, 1)];
    for (const text of ['barrels', 'bar', 'barrels road', 'near the road', 'road', 'a7', 'roadside barrels', 'nowhere'])
      for (const more of [{}, { severity: 'critical' }, { site: 'south' }, { fromMs: 1 }] as const) {
        const search = { text, drill: 'none', ...more } as const;
        let after: string | null = null;
        for (let page = 0; page < 10; page++) {
          const [one, two]: Found[] = await Promise.all(
            [usual, other].map((by) => by.search(search, { after, limit: 7 })),
          );
          t.deepEqual(two, one, `${text} ${JSON.stringify(more)}`);
          after = one?.next ?? null;
          if (after === null) break;
        }
      }
    t.is((await other.search({ text: 'road', drill: 'none' }, { after: null, limit: 50 })).total, 36);
  });
} else test('skipped', (t) => t.pass());
