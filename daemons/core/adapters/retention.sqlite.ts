import { withoutBody } from '../evidence/chain.ts';
import { Fault } from '../ports/fault.ts';
import type { Hold, RetentionStore } from '../ports/retention.ts';
import { isOfAlert, mentionOf } from '../records/retention.ts';
import type { Alert } from '../values/alert.ts';
import { openRecordsFile } from './records.sqlite.file.ts';
import { type AlertRow, alertOf } from './records.sqlite.ts';
import { chainsIn, chainTables } from './retention.sqlite.chains.ts';

const tables = `
  CREATE TABLE IF NOT EXISTS hold (
    name TEXT PRIMARY KEY, kind TEXT, alert TEXT, by TEXT, reason TEXT, from_ms INTEGER, until_ms INTEGER,
    lifted_by TEXT, lifted_ms INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS retained (alert TEXT PRIMARY KEY, rev INTEGER, at_ms INTEGER) WITHOUT ROWID;
`;

/** The part of the central SQLite file that forgets, on a connection of its own. Errors: as `openRecords`. */
export async function openRetention(path: string): Promise<RetentionStore> {
  const file = openRecordsFile(path, 10_000);
  const { db, transaction, add } = file;
  // What is deleted is written over, and does not stay in the file's free pages.
  db.exec('PRAGMA secure_delete = ON');
  transaction(() => db.exec(tables + chainTables));
  const q = {
    alert: db.prepare('SELECT 1 FROM alert WHERE id = ?'),
    hold: db.prepare('INSERT OR IGNORE INTO hold VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)'),
    lift: db.prepare('UPDATE hold SET lifted_by = ?, lifted_ms = ? WHERE name = ? AND lifted_ms IS NULL'),
    holds: db.prepare('SELECT * FROM hold ORDER BY from_ms, name'),
    exact: db.prepare(`SELECT alert.* FROM alert LEFT JOIN retained ON retained.alert = alert.id
      WHERE changed_ms < ? AND id > ? AND alert.rev IS NOT retained.rev ORDER BY id LIMIT ?`),
    coarsen: db.prepare('UPDATE alert SET body = ?, change = ? WHERE id = ? AND rev = ?'),
    retained: db.prepare('INSERT OR REPLACE INTO retained VALUES (?, ?, ?)'),
    spools: db.prepare("SELECT DISTINCT spool FROM progress WHERE device = ? AND stream = 'alert'"),
    old: db.prepare('SELECT count(*) AS n, coalesce(sum(length(payload)), 0) AS bytes FROM quarantine WHERE at_ms < ?'),
    forget: db.prepare('DELETE FROM quarantine WHERE at_ms < ?'),
  };
  const bodies = ['envelope', 'conflict'].map((table) => ({
    find: db.prepare(`SELECT seq, hash, text FROM ${table} WHERE device = ? AND spool = ? AND stream = 'alert'
      AND instr(text, ?) > 0`),
    put: db.prepare(
      `UPDATE ${table} SET text = ? WHERE device = ? AND spool = ? AND stream = 'alert' AND seq = ? AND hash = ?`,
    ),
  }));

  const deleteBodies = (device: string, id: string): number => {
    let deleted = 0;
    for (const { spool } of q.spools.all(device) as { spool: string }[])
      for (const { find, put } of bodies)
        for (const { seq, hash, text } of find.all(device, spool, mentionOf(id)) as unknown as TextRow[])
          if (isOfAlert(text, id)) deleted += Number(put.run(withoutBody(text), device, spool, seq, hash).changes);
    return deleted;
  };

  return {
    hold: async (hold) =>
      transaction(() => {
        if (!q.alert.get(hold.alert)) throw new Fault('refused', `alert ${hold.alert}: is not in this store`);
        const { name, kind, alert, by, reason, fromMs, untilMs } = hold;
        if (q.hold.run(name, kind, alert, by, reason, fromMs, untilMs).changes === 0)
          throw new Fault('refused', `hold ${name}: the name is taken; a hold is never written over, choose another`);
      }),
    lift: async (name, by, nowMs) => transaction(() => q.lift.run(by, nowMs, name).changes > 0),
    holds: async () => (q.holds.all() as unknown as HoldRow[]).map(holdOf),
    exact: async (beforeMs, afterId, limit) =>
      (q.exact.all(beforeMs, afterId, limit) as unknown as AlertRow[]).map(alertOf),
    coarsen: async (alert: Alert, device, nowMs) =>
      transaction(() => {
        if (q.coarsen.run(JSON.stringify(alert), add('change', 1), alert.id, alert.rev).changes === 0) return 0;
        q.retained.run(alert.id, alert.rev, nowMs);
        return deleteBodies(device, alert.id);
      }),
    forgetQuarantine: async (beforeMs) =>
      transaction(() => {
        const { n, bytes } = q.old.get(beforeMs) as { n: number; bytes: number };
        q.forget.run(beforeMs);
        add('quarantineDropped', n);
        add('quarantineBytes', -bytes);
        return n;
      }),
    ...chainsIn(file),
    close: async () => {
      // The log of changes still has what was written over.
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
}

interface TextRow {
  readonly seq: number;
  readonly hash: string;
  readonly text: string;
}

interface HoldRow {
  readonly name: string;
  readonly kind: Hold['kind'];
  readonly alert: string;
  readonly by: string;
  readonly reason: string;
  readonly from_ms: number;
  readonly until_ms: number | null;
  readonly lifted_by: string | null;
  readonly lifted_ms: number | null;
}

const holdOf = ({ name, kind, alert, by, reason, ...row }: HoldRow): Hold => ({
  ...{ name, kind, alert, by, reason },
  fromMs: row.from_ms,
  untilMs: row.until_ms,
  lifted: row.lifted_by === null ? null : { by: row.lifted_by, atMs: row.lifted_ms ?? 0 },
});
