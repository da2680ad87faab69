import { withoutBody } from '../evidence/chain.ts';
import { Fault } from '../ports/fault.ts';
import type { Hold, RetentionStore } from '../ports/retention.ts';
import { isOfAlert, mentionOf } from '../records/retention.ts';
import { type Ask, connectPostgres, type Row } from './postgres.ts';
import { changeNow, laySchema } from './records.postgres.schema.ts';
import { alertOf } from './records.postgres.ts';
import { chainsOn, chainTables } from './retention.postgres.chains.ts';

const tables = [
  `CREATE TABLE IF NOT EXISTS hold (
    name text COLLATE "C" PRIMARY KEY, kind text NOT NULL, alert text NOT NULL, by text NOT NULL, reason text NOT NULL,
    from_ms float8 NOT NULL, until_ms float8, lifted_by text, lifted_ms float8
  )`,
  'CREATE TABLE IF NOT EXISTS retained (alert text COLLATE "C" PRIMARY KEY, rev bigint NOT NULL, at_ms float8 NOT NULL)',
];
/** Two programs that lay the tables at once wait for each other: any number that nobody else uses in this database. */
const layLock = 0x66_70_72_65;

/** The part of the central PostgreSQL store that forgets. Errors: as `openPostgresRecords`. */
export async function openPostgresRetention(url: string): Promise<RetentionStore> {
  const db = connectPostgres(url);
  try {
    await laySchema(db);
    await db.transaction(async (ask) => {
      await ask(`SELECT pg_advisory_xact_lock(${layLock})`);
      for (const table of [...tables, ...chainTables]) await ask(table);
    });
  } catch (error) {
    await db.close();
    throw error;
  }
  return {
    hold: ({ name, kind, alert, by, reason, fromMs, untilMs }) =>
      db.transaction(async (ask) => {
        const { rows } = await ask({ text: 'SELECT 1 FROM alert WHERE id = $1', values: [alert] });
        if (rows.length === 0) throw new Fault('refused', `alert ${alert}: is not in this store`);
        const { count } = await ask({
          text: 'INSERT INTO hold VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING',
          values: [name, kind, alert, by, reason, fromMs, untilMs],
        });
        if (count === 0)
          throw new Fault('refused', `hold ${name}: the name is taken; a hold is never written over, choose another`);
      }),
    lift: async (name, by, nowMs) => {
      const { count } = await db.ask({
        text: 'UPDATE hold SET lifted_by = $2, lifted_ms = $3 WHERE name = $1 AND lifted_ms IS NULL',
        values: [name, by, nowMs],
      });
      return count > 0;
    },
    holds: async () => (await db.ask('SELECT * FROM hold ORDER BY from_ms, name')).rows.map(holdOf),
    exact: async (beforeMs, afterId, limit) => {
      const { rows } = await db.ask({
        text: `SELECT alert.* FROM alert LEFT JOIN retained ON retained.alert = alert.id
          WHERE changed_ms < $1 AND id > $2 AND alert.rev IS DISTINCT FROM retained.rev ORDER BY id LIMIT $3`,
        values: [beforeMs, afterId, limit],
      });
      return rows.map(alertOf);
    },
    coarsen: (coarse, device, nowMs) =>
      db.transaction(async (ask) => {
        const { count } = await ask({
          text: `UPDATE alert SET body = $2, change = ${changeNow} WHERE id = $1 AND rev = $3`,
          values: [coarse.id, JSON.stringify(coarse), coarse.rev],
        });
        if (count === 0) return 0;
        await ask({
          text: `INSERT INTO retained VALUES ($1, $2, $3) ON CONFLICT (alert) DO UPDATE SET rev = excluded.rev, at_ms = excluded.at_ms`,
          values: [coarse.id, coarse.rev, nowMs],
        });
        const kept = await deleteBodies(ask, 'envelope', device, coarse.id);
        return kept + (await deleteBodies(ask, 'conflict', device, coarse.id));
      }),
    forgetQuarantine: (beforeMs) =>
      db.transaction(async (ask) => {
        const { rows } = await ask({
          text: `WITH gone AS (DELETE FROM quarantine WHERE at_ms < $1 RETURNING length(payload) AS bytes)
            SELECT count(*) AS n, coalesce(sum(bytes), 0) AS bytes FROM gone`,
          values: [beforeMs],
        });
        const { n, bytes } = rows[0] as { n: unknown; bytes: unknown };
        await ask({
          text: `UPDATE counter SET value = value + CASE name WHEN 'quarantine dropped' THEN $1::bigint ELSE -$2::bigint END
            WHERE name IN ('quarantine dropped', 'quarantine bytes')`,
          values: [Number(n), Number(bytes)],
        });
        return Number(n);
      }),
    ...chainsOn(db),
    close: db.close,
  };
}

async function deleteBodies(ask: Ask, table: 'envelope' | 'conflict', device: string, alert: string): Promise<number> {
  const { rows } = await ask({
    text: `SELECT spool, seq, hash, text FROM ${table} WHERE device = $1 AND stream = 'alert' AND strpos(text, $2) > 0
      AND spool IN (SELECT spool FROM progress WHERE device = $1 AND stream = 'alert')`,
    values: [device, mentionOf(alert)],
  });
  let deleted = 0;
  for (const { spool, seq, hash, text } of rows) {
    if (!isOfAlert(String(text), alert)) continue;
    const { count } = await ask({
      text: `UPDATE ${table} SET text = $5 WHERE device = $1 AND spool = $2 AND stream = 'alert' AND seq = $3 AND hash = $4`,
      values: [device, spool, seq, hash, withoutBody(String(text))],
    });
    deleted += count;
  }
  return deleted;
}

const holdOf = (row: Row): Hold => ({
  name: String(row.name),
  kind: row.kind === 'contest' ? 'contest' : 'legal',
  alert: String(row.alert),
  by: String(row.by),
  reason: String(row.reason),
  fromMs: Number(row.from_ms),
  untilMs: row.until_ms === null ? null : Number(row.until_ms),
  lifted: row.lifted_by === null ? null : { by: String(row.lifted_by), atMs: Number(row.lifted_ms) },
});
