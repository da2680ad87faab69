/** What a store on PostgreSQL can tell beyond the port: for self-checks of a site and for benches. */
import { confirmed } from '../records/progress.ts';
import type { Postgres } from './postgres.ts';
import { tallyOf } from './records.postgres.progress.ts';
import type { Checks } from './records.sqlite.checks.ts';

export type { Checks };

export function checksOf({ ask }: Postgres): Checks {
  const number = async (sql: string): Promise<number> => Number((await ask(sql)).rows[0]?.n);
  return {
    latencies: async () =>
      (await ask('SELECT committed_ms - said_ms AS ms FROM revision')).rows.map(({ ms }) => Number(ms)),
    gaps: async () =>
      (await ask("SELECT * FROM progress WHERE beyond <> '[]' OR through < top")).rows
        .map(tallyOf)
        .map(({ device, spool, stream, progress }) => ({ device, spool, stream, ...confirmed(progress) }))
        .filter((one) => one.missing.length > 0),
    doubledEffects: () => number('SELECT count(*) AS n FROM revision WHERE effects > 1'),
    brokenAlerts: () =>
      number(
        'SELECT count(*) AS n FROM alert WHERE rev <> (SELECT count(*) FROM revision WHERE revision.id = alert.id)',
      ),
  };
}
