/** Where the central SQLite file keeps what people do, and how alerts are found again. Laid where it lacks. */
import type { DatabaseSync } from 'node:sqlite';

export const deskTables = `
  CREATE TABLE IF NOT EXISTS act (
    n INTEGER PRIMARY KEY, alert TEXT, by TEXT, role TEXT, at_ms INTEGER, deed TEXT, other TEXT
  );
  CREATE INDEX IF NOT EXISTS act_alert ON act (alert);
  CREATE INDEX IF NOT EXISTS act_other ON act (other) WHERE other IS NOT NULL;
  CREATE TRIGGER IF NOT EXISTS act_kept BEFORE UPDATE ON act BEGIN SELECT RAISE(ABORT, 'acts are only ever added'); END;
  CREATE TRIGGER IF NOT EXISTS act_there BEFORE DELETE ON act BEGIN SELECT RAISE(ABORT, 'acts are only ever added'); END;
  CREATE TABLE IF NOT EXISTS desk (
    alert TEXT PRIMARY KEY, body TEXT, outcome TEXT, drill INTEGER NOT NULL DEFAULT 0, due_ms INTEGER,
    open INTEGER NOT NULL DEFAULT 1, accepted_ms INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX IF NOT EXISTS desk_due ON desk (due_ms) WHERE due_ms IS NOT NULL;
  CREATE INDEX IF NOT EXISTS desk_open ON desk (accepted_ms) WHERE open = 1;
  CREATE INDEX IF NOT EXISTS desk_outcome ON desk (outcome) WHERE outcome IS NOT NULL;
  CREATE INDEX IF NOT EXISTS desk_drill ON desk (alert) WHERE drill = 1;
  CREATE TABLE IF NOT EXISTS word (word TEXT, alert TEXT, PRIMARY KEY (word, alert)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS shared (name TEXT PRIMARY KEY, version INTEGER, value TEXT) WITHOUT ROWID;
`;

/**
 * Columns that are worked out of the text, and one index that answers every question of a search without the texts. A
 * program that does not know them works on: computed columns take no value.
 */
export function indexAlerts(db: DatabaseSync): void {
  const columns = new Set(
    db
      .prepare('PRAGMA table_xinfo (alert)')
      .all()
      .map(({ name }) => String(name)),
  );
  for (const name of ['kind', 'severity'])
    if (!columns.has(name)) db.exec(`ALTER TABLE alert ADD COLUMN ${name} TEXT AS (body ->> '$.${name}') VIRTUAL`);
  db.exec('CREATE INDEX IF NOT EXISTS alert_found ON alert (raised_ms, id, kind, severity, site, device)');
}
