/** What a store on SQLite can tell beyond the port: for self-checks of a site and for benches. */
import type { DatabaseSync } from 'node:sqlite';
import type { Watermark } from '../ports/records.ts';

export interface Checks {
  /** Milliseconds from the stamp of each alert revision to its commit here. */
  latencies(): Promise<readonly number[]>;
  /** Streams that have holes. */
  gaps(): Promise<readonly Watermark[]>;
  /** Alert revisions whose effect was taken more than once: must be 0. */
  doubledEffects(): Promise<number>;
  /** Alerts of which a revision before the latest never came: must be 0 once everything was delivered. */
  brokenAlerts(): Promise<number>;
}

export function checksOf(db: DatabaseSync, gaps: () => readonly Watermark[]): Checks {
  const number = (sql: string): number => Number(db.prepare(sql).get()?.n);
  return {
    latencies: async () =>
      db
        .prepare('SELECT committed_ms - said_ms AS ms FROM revision')
        .all()
        .map(({ ms }) => Number(ms)),
    gaps: async () => gaps(),
    doubledEffects: async () => number('SELECT count(*) AS n FROM revision WHERE effects > 1'),
    brokenAlerts: async () =>
      number(
        'SELECT count(*) AS n FROM alert WHERE rev <> (SELECT count(*) FROM revision WHERE revision.id = alert.id)',
      ),
  };
}
