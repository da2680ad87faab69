/** Tables of logins and of the audit log, in the central store of either database. The log refuses to be changed, whoever asks. */

const shelves = ['person', 'invitation', 'session', 'token'] as const;
/** Phones that are woken by web push, and what pages subscribe with. */
const pushShelves = ['phone', 'offer'] as const;

const sqliteShelf = (
  name: string,
): string => `CREATE TABLE IF NOT EXISTS access_${name} (key TEXT PRIMARY KEY, owner TEXT, body TEXT) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS access_${name}_owner ON access_${name} (owner);`;

const postgresShelf = (
  name: string,
): string => `CREATE TABLE access_${name} (key text COLLATE "C" PRIMARY KEY, owner text NOT NULL, body text NOT NULL);
  CREATE INDEX access_${name}_owner ON access_${name} (owner);`;

export const sqliteAccessTables = `
  ${[...shelves, ...pushShelves].map(sqliteShelf).join('\n  ')}
  CREATE TABLE IF NOT EXISTS access_audit (
    n INTEGER PRIMARY KEY, at_ms INTEGER, actor TEXT, what TEXT, alerts TEXT, purpose TEXT, case_number TEXT, about TEXT, hash TEXT
  );
  CREATE TRIGGER IF NOT EXISTS access_audit_kept BEFORE UPDATE ON access_audit
    BEGIN SELECT RAISE(ABORT, 'lines of the audit log are never changed'); END;
  CREATE TRIGGER IF NOT EXISTS access_audit_whole BEFORE DELETE ON access_audit
    BEGIN SELECT RAISE(ABORT, 'lines of the audit log are never removed'); END;
`;

export const postgresAccessTables = `
  ${shelves.map(postgresShelf).join('\n  ')}
  CREATE TABLE access_audit (
    n bigint PRIMARY KEY, at_ms float8 NOT NULL, actor text NOT NULL, what text NOT NULL, alerts text NOT NULL, purpose text,
    case_number text, about text NOT NULL, hash text NOT NULL
  );
  CREATE FUNCTION access_audit_stays() RETURNS trigger LANGUAGE plpgsql AS
    $stays$ BEGIN RAISE EXCEPTION 'lines of the audit log are never changed or removed' USING ERRCODE = '42501'; END $stays$;
  CREATE TRIGGER access_audit_kept BEFORE UPDATE OR DELETE ON access_audit FOR EACH ROW EXECUTE FUNCTION access_audit_stays();
  CREATE TRIGGER access_audit_whole BEFORE TRUNCATE ON access_audit FOR EACH STATEMENT EXECUTE FUNCTION access_audit_stays();
`;

/** What came later. */
export const pushStep = `
  ${pushShelves.map(postgresShelf).join('\n  ')}
`;
