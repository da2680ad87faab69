/**
 * Where the central store on PostgreSQL keeps what people do, and how alerts are found again. The new columns are cut out of
 * the text: to read it as JSON fails on U+0000, which a box may send.
 */
export const deskStep = `
  CREATE TABLE act (
    n bigserial PRIMARY KEY, alert text COLLATE "C" NOT NULL, by text NOT NULL, role text NOT NULL, at_ms float8 NOT NULL,
    deed text NOT NULL, other text COLLATE "C"
  );
  CREATE INDEX act_alert ON act (alert);
  CREATE INDEX act_other ON act (other) WHERE other IS NOT NULL;
  CREATE FUNCTION act_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'acts are only ever added'; END $$;
  CREATE TRIGGER act_kept BEFORE UPDATE OR DELETE ON act FOR EACH ROW EXECUTE FUNCTION act_kept();
  CREATE TABLE desk (
    alert text COLLATE "C" PRIMARY KEY, body text, outcome text, drill boolean NOT NULL DEFAULT false, due_ms float8,
    open boolean NOT NULL DEFAULT true, accepted_ms float8 NOT NULL DEFAULT 0
  ) WITH (fillfactor = 80);
  CREATE INDEX desk_due ON desk (due_ms) WHERE due_ms IS NOT NULL;
  CREATE INDEX desk_open ON desk (accepted_ms) WHERE open;
  CREATE INDEX desk_outcome ON desk (outcome) WHERE outcome IS NOT NULL;
  CREATE INDEX desk_drill ON desk (alert) WHERE drill;
  CREATE TABLE word (word text COLLATE "C", alert text COLLATE "C", PRIMARY KEY (word, alert));
  CREATE TABLE shared (name text PRIMARY KEY, version bigint NOT NULL, value text NOT NULL);
  ALTER TABLE alert ADD COLUMN kind text GENERATED ALWAYS AS (substring(body from '"kind":"([^"\\\\]*)"')) STORED;
  ALTER TABLE alert ADD COLUMN severity text GENERATED ALWAYS AS (substring(body from '"severity":"([a-z]*)"')) STORED;
  CREATE INDEX alert_found ON alert (raised_ms, id, kind, severity, site, device);
`;

/** Where an act came from, beside it. */
export const actFromStep = `
  CREATE TABLE act_from (
    n bigint PRIMARY KEY, alert text COLLATE "C" NOT NULL, by text NOT NULL, key text, unit text, done_ms float8
  );
  CREATE UNIQUE INDEX act_key ON act_from (alert, by, key) WHERE key IS NOT NULL;
`;
