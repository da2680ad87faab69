/**
 * The tables of the central store on PostgreSQL. `change` orders what a reader has not seen: the number of the transaction
 * times 4096 and a place within, so that writers never wait for each other to number their rows, and a reader that stays below
 * the oldest running transaction never misses one. Texts are compared byte by byte.
 */
import { Fault } from '../ports/fault.ts';
import { partitions } from '../records/partition.ts';
import { postgresAccessTables, pushStep } from './access.tables.ts';
import { actFromStep, deskStep } from './desk.postgres.tables.ts';
import type { Ask, Postgres } from './postgres.ts';

/** Each brings the tables from the version before; never edited once released, only added to. */
const steps: readonly string[] = [
  `
  CREATE TABLE envelope (
    device text COLLATE "C", spool text COLLATE "C", stream text COLLATE "C", seq bigint, hash bytea NOT NULL,
    site text NOT NULL, text text NOT NULL, committed_ms float8 NOT NULL, PRIMARY KEY (device, spool, stream, seq)
  );
  CREATE TABLE conflict (
    device text COLLATE "C", spool text COLLATE "C", stream text COLLATE "C", seq bigint, hash bytea,
    site text NOT NULL, text text NOT NULL, at_ms float8 NOT NULL, PRIMARY KEY (device, spool, stream, seq, hash)
  );
  CREATE TABLE progress (
    device text COLLATE "C", spool text COLLATE "C", stream text COLLATE "C", top bigint NOT NULL DEFAULT 0,
    through bigint NOT NULL DEFAULT 0, beyond text NOT NULL DEFAULT '[]', kept bigint NOT NULL DEFAULT 0,
    duplicates bigint NOT NULL DEFAULT 0, PRIMARY KEY (device, spool, stream)
  ) WITH (fillfactor = 70);
  CREATE TABLE gone (
    n bigserial PRIMARY KEY, device text NOT NULL, spool text NOT NULL, stream text NOT NULL, first bigint NOT NULL,
    last bigint NOT NULL, why text NOT NULL, at_ms float8 NOT NULL
  );
  CREATE TABLE alert (
    id text COLLATE "C" PRIMARY KEY, site text NOT NULL, device text NOT NULL, rev bigint NOT NULL, body text NOT NULL,
    raised_ms float8 NOT NULL, changed_ms float8 NOT NULL, acknowledged_by text, acknowledged_ms float8, change bigint NOT NULL
  ) WITH (fillfactor = 80);
  CREATE INDEX alert_change ON alert (change);
  CREATE TABLE revision (
    id text COLLATE "C", rev bigint, said_ms float8 NOT NULL, committed_ms float8 NOT NULL, effects int NOT NULL, PRIMARY KEY (id, rev)
  );
  CREATE TABLE device (
    site text COLLATE "C", device text COLLATE "C", status text NOT NULL, boot text NOT NULL DEFAULT '', session text NOT NULL DEFAULT '',
    last_seen_ms float8 NOT NULL, birth text NOT NULL DEFAULT '{}', change bigint NOT NULL, PRIMARY KEY (site, device)
  ) WITH (fillfactor = 80);
  CREATE INDEX device_change ON device (change);
  CREATE TABLE head (
    device text COLLATE "C", spool text COLLATE "C", site text NOT NULL, seq bigint NOT NULL, text text NOT NULL, at_ms float8 NOT NULL,
    PRIMARY KEY (device, spool)
  );
  CREATE TABLE quarantine (n bigserial PRIMARY KEY, topic text NOT NULL, payload bytea NOT NULL, reason text NOT NULL, at_ms float8 NOT NULL);
  CREATE TABLE counter (name text PRIMARY KEY, value bigint NOT NULL);
  INSERT INTO counter VALUES ('quarantined', 0), ('quarantine bytes', 0), ('quarantine dropped', 0);
  CREATE TABLE worker (name text PRIMARY KEY, expires timestamptz NOT NULL);
  CREATE TABLE lease (
    part int PRIMARY KEY, owner text, epoch bigint NOT NULL DEFAULT 0, expires timestamptz NOT NULL DEFAULT '-infinity'
  ) WITH (fillfactor = 50);
  INSERT INTO lease (part) SELECT generate_series(0, ${partitions - 1});
  `,
  `
  CREATE TABLE folded (
    device text COLLATE "C", spool text COLLATE "C", stream text COLLATE "C", first bigint NOT NULL, last bigint, prev text NOT NULL,
    links bytea NOT NULL, PRIMARY KEY (device, spool, stream, last)
  );
  ALTER TABLE folded ALTER links SET STORAGE EXTERNAL;
  `,
  deskStep,
  postgresAccessTables,
  actFromStep,
  pushStep,
];

/** Held while the tables are laid: any number that nobody else uses in this database. */
const layLock = 0x66_70_6c_61;

/** What the change of a transaction's first row is. 12 bits for the place within. */
export const changeNow = '(pg_current_xact_id()::text::bigint << 12)';
export const mostPlaces = 4095;

/**
 * Lays the tables or brings them to this version; does nothing where they are. Errors: Fault `config` for a database of a
 * newer version, one without the right to make tables, or one whose settings would make a receipt a lie.
 */
export async function laySchema(db: Postgres): Promise<void> {
  const { rows } = await db.ask(
    `SELECT current_setting('server_encoding') AS encoding, current_setting('synchronous_commit') AS synchronous`,
  );
  const { encoding, synchronous } = rows[0] as { encoding: string; synchronous: string };
  if (encoding !== 'UTF8') throw config(db, `its encoding is ${encoding}; must be UTF8`);
  if (synchronous === 'off')
    throw config(db, 'synchronous_commit is off; must be on: a receipt would be sent for what a power cut still takes');
  if ((await versionOf(db.ask)) === steps.length) return;
  await db.transaction(async (ask) => {
    await ask(`SELECT pg_advisory_xact_lock(${layLock})`);
    const version = await versionOf(ask);
    if (version > steps.length)
      throw config(
        db,
        `its tables are of version ${version}; this program knows up to ${steps.length}: use the newer program`,
      );
    if (version === 0) await ask('CREATE TABLE IF NOT EXISTS schema_version (version int NOT NULL)');
    for (const step of steps.slice(version)) await ask(step);
    await ask('DELETE FROM schema_version');
    await ask(`INSERT INTO schema_version VALUES (${steps.length})`);
  });
}

/**
 * After a dump was restored into another cluster its numbers may lie ahead of the transactions there, where no reader
 * would see them: they become the first of all.
 */
export async function mendChanges(db: Postgres): Promise<void> {
  const ahead = `change > (pg_snapshot_xmax(pg_current_snapshot())::text::bigint << 12)`;
  const { rows } = await db.ask(
    `SELECT (SELECT count(*) FROM alert WHERE ${ahead}) + (SELECT count(*) FROM device WHERE ${ahead}) AS n`,
  );
  if (Number(rows[0]?.n) === 0) return;
  await db.transaction(async (ask) => {
    for (const table of ['alert', 'device']) await ask(`UPDATE ${table} SET change = 1 WHERE ${ahead}`);
  });
}

async function versionOf(ask: Ask): Promise<number> {
  // The catalog itself is asked: what a name means is remembered by a session, also that it means nothing.
  const { rows } = await ask(
    "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_version'",
  );
  if (rows.length === 0) return 0;
  return Number((await ask('SELECT max(version) AS version FROM schema_version')).rows[0]?.version ?? 0);
}

const config = (db: Postgres, what: string): Fault => new Fault('config', `records ${db.name}: ${what}`);
