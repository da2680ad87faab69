/** Where the central SQLite file keeps what people do, and how alerts are found again. Laid where it lacks. */

/** What an alert is sought by and its row does not hold: read out of the one index that answers every search without the texts. */
export const soughtIn = { kind: "body ->> '$.kind'", severity: "body ->> '$.severity'" } as const;

export const deskTables = `
  CREATE TABLE IF NOT EXISTS act (
    n INTEGER PRIMARY KEY, alert TEXT, by TEXT, role TEXT, at_ms INTEGER, deed TEXT, other TEXT
  );
  CREATE INDEX IF NOT EXISTS act_alert ON act (alert);
  CREATE INDEX IF NOT EXISTS act_other ON act (other) WHERE other IS NOT NULL;
  CREATE TRIGGER IF NOT EXISTS act_kept BEFORE UPDATE ON act BEGIN SELECT RAISE(ABORT, 'acts are only ever added'); END;
  CREATE TRIGGER IF NOT EXISTS act_there BEFORE DELETE ON act BEGIN SELECT RAISE(ABORT, 'acts are only ever added'); END;
  CREATE TABLE IF NOT EXISTS act_from (n INTEGER PRIMARY KEY, alert TEXT, by TEXT, key TEXT, unit TEXT, done_ms INTEGER);
  CREATE UNIQUE INDEX IF NOT EXISTS act_key ON act_from (alert, by, key) WHERE key IS NOT NULL;
  CREATE TABLE IF NOT EXISTS desk (
    alert TEXT PRIMARY KEY, body TEXT, outcome TEXT, drill INTEGER NOT NULL DEFAULT 0, due_ms INTEGER,
    open INTEGER NOT NULL DEFAULT 1, accepted_ms INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX IF NOT EXISTS desk_due ON desk (due_ms) WHERE due_ms IS NOT NULL;
  CREATE INDEX IF NOT EXISTS desk_open ON desk (accepted_ms) WHERE open = 1;
  CREATE INDEX IF NOT EXISTS desk_outcome ON desk (outcome) WHERE outcome IS NOT NULL;
  CREATE INDEX IF NOT EXISTS desk_drill ON desk (alert) WHERE drill = 1;
  CREATE TABLE IF NOT EXISTS word (word TEXT, alert TEXT, PRIMARY KEY (word, alert)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS alert_sought ON alert (raised_ms, id, ${soughtIn.kind}, ${soughtIn.severity}, site, device);
  CREATE TABLE IF NOT EXISTS shared (name TEXT PRIMARY KEY, version INTEGER, value TEXT) WITHOUT ROWID;
`;
