/**
 * The central store in one SQLite file: for a laptop or a small centre. Envelopes are kept as their exact text, so that
 * hashes hold; alerts are their latest revision; `change` numbers order what a reader has not seen. Two processes have it
 * open: the ledger writes envelopes, the console writes acknowledgements. Transactions are short and wait for each other.
 */
import { DatabaseSync } from 'node:sqlite';
import { linkHash } from '../evidence/chain.ts';
import type { AlertRecord, Arrival, DeviceRecord, Outcome, Records, Watermark } from '../ports/records.ts';
import type { Alert } from '../values/alert.ts';
import type { Stream } from '../values/envelope.ts';

const tables = `
  CREATE TABLE IF NOT EXISTS envelope (
    device TEXT, spool TEXT, stream TEXT, seq INTEGER, hash TEXT, site TEXT, text TEXT, committed_ms INTEGER,
    PRIMARY KEY (device, spool, stream, seq)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS conflict (device TEXT, spool TEXT, stream TEXT, seq INTEGER, text TEXT, committed_ms INTEGER);
  CREATE TABLE IF NOT EXISTS alert (
    id TEXT PRIMARY KEY, site TEXT, device TEXT, rev INTEGER, body TEXT, raised_ms INTEGER, changed_ms INTEGER,
    acknowledged_by TEXT, acknowledged_ms INTEGER, change INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS alert_change ON alert (change);
  CREATE TABLE IF NOT EXISTS revision (id TEXT, rev INTEGER, said_ms INTEGER, committed_ms INTEGER, effects INTEGER, PRIMARY KEY (id, rev)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS device (
    site TEXT, device TEXT, status TEXT, last_seen_ms INTEGER, birth TEXT, change INTEGER, PRIMARY KEY (site, device)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS quarantine (topic TEXT, payload BLOB, reason TEXT, at_ms INTEGER);
  CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
  INSERT OR IGNORE INTO counter VALUES ('change', 0), ('duplicates', 0);
`;

/** What a store on SQLite can tell beyond the port: for self-checks of a site. */
export interface SqliteRecords extends Records {
  /** Milliseconds from the stamp of each alert revision to its commit here. */
  latencies(): Promise<readonly number[]>;
  /** Streams that have holes. */
  gaps(): Promise<readonly Watermark[]>;
  /** Alert revisions whose effect was taken more than once: must be 0. */
  doubledEffects(): Promise<number>;
  /** Alerts of which a revision before the latest never came: must be 0 once everything was delivered. */
  brokenAlerts(): Promise<number>;
}

interface AlertRow {
  site: string;
  device: string;
  body: string;
  raised_ms: number;
  changed_ms: number;
  acknowledged_by: string | null;
  acknowledged_ms: number | null;
  change: number;
}
interface DeviceRow {
  site: string;
  device: string;
  status: DeviceRecord['status'];
  last_seen_ms: number;
  birth: string;
  change: number;
}

const watchMs = 40;
/** Holes of a stream that one receipt names at the most. */
const mostHoles = 100;
/** A last-seen time is worth a change for readers this often, not with every envelope. */
const seenEveryMs = 2000;

export async function openRecords(file: string): Promise<SqliteRecords> {
  const db = new DatabaseSync(file, { timeout: 10_000 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  db.exec(tables);
  const q = {
    known: db.prepare('SELECT hash FROM envelope WHERE device = ? AND spool = ? AND stream = ? AND seq = ?'),
    keep: db.prepare('INSERT INTO envelope VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    conflict: db.prepare('INSERT INTO conflict VALUES (?, ?, ?, ?, ?, ?)'),
    bump: db.prepare("UPDATE counter SET value = value + 1 WHERE name = 'change' RETURNING value"),
    duplicate: db.prepare("UPDATE counter SET value = value + 1 WHERE name = 'duplicates'"),
    revision: db.prepare('INSERT INTO revision VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET effects = effects + 1'),
    alert: db.prepare(`INSERT INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?) ON CONFLICT (id) DO UPDATE SET
      rev = excluded.rev, body = excluded.body, changed_ms = excluded.changed_ms, change = excluded.change WHERE excluded.rev > rev`),
    seen: db.prepare(`INSERT INTO device VALUES (?, ?, 'unknown', ?, '{}', ?) ON CONFLICT DO UPDATE SET
      last_seen_ms = excluded.last_seen_ms, change = excluded.change WHERE excluded.last_seen_ms >= last_seen_ms + ${seenEveryMs}`),
    birth: db.prepare(`INSERT INTO device VALUES (?, ?, 'online', ?, ?, ?) ON CONFLICT DO UPDATE SET
      birth = excluded.birth, last_seen_ms = excluded.last_seen_ms, change = excluded.change`),
    status: db.prepare(`INSERT INTO device VALUES (?, ?, ?, ?, '{}', ?) ON CONFLICT DO UPDATE SET
      status = excluded.status, last_seen_ms = max(last_seen_ms, CASE excluded.status WHEN 'online' THEN excluded.last_seen_ms ELSE 0 END), change = excluded.change`),
    acknowledge: db.prepare(
      'UPDATE alert SET acknowledged_by = ?, acknowledged_ms = ?, change = ? WHERE id = ? AND acknowledged_by IS NULL',
    ),
    exists: db.prepare('SELECT 1 FROM alert WHERE id = ?'),
    quarantine: db.prepare('INSERT INTO quarantine VALUES (?, ?, ?, ?)'),
    alerts: db.prepare('SELECT * FROM alert WHERE change > ? ORDER BY change LIMIT ?'),
    devices: db.prepare('SELECT * FROM device WHERE change > ? AND change <= ? ORDER BY change'),
    cursor: db.prepare("SELECT value FROM counter WHERE name = 'change'"),
    through: db.prepare(
      'SELECT count(*) AS n, max(seq) AS last FROM envelope WHERE device = ? AND spool = ? AND stream = ?',
    ),
    // Numbers that are not there, between those that are: the ends of the holes, never a walk over all.
    holes: db.prepare(`SELECT prior + 1 AS first, seq - 1 AS last FROM
      (SELECT seq, lag(seq, 1, 0) OVER (ORDER BY seq) AS prior FROM envelope WHERE device = ? AND spool = ? AND stream = ?) WHERE seq > prior + 1 LIMIT ${mostHoles}`),
    spools: db.prepare('SELECT DISTINCT device, spool, stream FROM envelope'),
    version: db.prepare('PRAGMA data_version'),
  };

  const transaction = <T>(work: () => T): T => {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  };
  const bump = (): number => Number((q.bump.get() as { value: number }).value);

  const take = ({ site, text, envelope }: Arrival, nowMs: number): Outcome => {
    const { device, spool, stream, seq } = envelope;
    const hash = linkHash(text);
    const known = q.known.get(device, spool, stream, seq) as { hash: string } | undefined;
    if (known) {
      if (known.hash === hash) {
        q.duplicate.run();
        return 'duplicate';
      }
      q.conflict.run(device, spool, stream, seq, text, nowMs);
      return 'conflict';
    }
    q.keep.run(device, spool, stream, seq, hash, site, text, nowMs);
    if (stream === 'alert') {
      const alert = envelope.body as Alert;
      q.revision.run(alert.id, alert.rev, alert.at.wallMs, nowMs);
      q.alert.run(alert.id, site, device, alert.rev, JSON.stringify(alert), nowMs, nowMs, bump());
    }
    q.seen.run(site, device, nowMs, bump());
    return 'new';
  };

  const watermark = (device: string, spool: string, stream: Stream): Watermark => {
    const { last } = q.through.get(device, spool, stream) as { last: number | null };
    const missing: number[] = [];
    const holes = q.holes.all(device, spool, stream) as { first: number; last: number }[];
    for (const hole of holes) {
      for (let seq = hole.first; seq <= hole.last && missing.length < 1000; seq++) missing.push(seq);
      // A list that had to be cut says nothing of what lies beyond it: the watermark stops there.
      if (missing.length >= 1000) return { device, spool, stream, through: missing.at(-1) ?? 0, missing };
    }
    // As many holes as were asked for: there may be more, and a box would forget what they stand for.
    const through = holes.length < mostHoles ? (last ?? 0) : (missing.at(-1) ?? 0);
    return { device, spool, stream, through, missing };
  };

  const listeners = new Set<() => void>();
  const versionOf = (): number => Number((q.version.get() as { data_version: number }).data_version);
  let version = versionOf();
  let timer: NodeJS.Timeout | null = null;
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const watch = (): void => {
    const next = versionOf();
    if (next !== version) tell();
    version = next;
  };
  /** data_version tells of other processes only; our own commits are told here. */
  const written = <T>(result: T): T => {
    if (listeners.size > 0) tell();
    return result;
  };

  return {
    commit: async (arrivals, nowMs) => written(transaction(() => arrivals.map((one) => take(one, nowMs)))),
    watermark: async (device, spool, stream) => watermark(device, spool, stream),
    quarantine: async (topic, payload, reason, nowMs) => void q.quarantine.run(topic, payload, reason, nowMs),
    birth: async (site, device, birth, nowMs) =>
      written(transaction(() => void q.birth.run(site, device, nowMs, JSON.stringify(birth), bump()))),
    status: async (site, device, status, nowMs) =>
      written(transaction(() => void q.status.run(site, device, status, nowMs, bump()))),
    acknowledge: async (id, by, nowMs) =>
      written(
        transaction(() => {
          if (!q.exists.get(id)) return false;
          q.acknowledge.run(by, nowMs, bump(), id);
          return true;
        }),
      ),
    changes: async (cursor, limit) => {
      const alerts = q.alerts.all(cursor, limit) as unknown as AlertRow[];
      const newest = Number((q.cursor.get() as { value: number }).value);
      const next = alerts.length === limit ? (alerts.at(-1)?.change ?? newest) : newest;
      const devices = q.devices.all(cursor, next) as unknown as DeviceRow[];
      return { cursor: next, alerts: alerts.map(alertOf), devices: devices.map(deviceOf) };
    },
    onChange: (listener) => {
      listeners.add(listener);
      timer ??= setInterval(watch, watchMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0 || !timer) return;
        clearInterval(timer);
        timer = null;
      };
    },
    counts: async () =>
      db
        .prepare(`SELECT (SELECT count(*) FROM envelope) AS envelopes, (SELECT count(*) FROM alert) AS alerts,
          (SELECT count(*) FROM alert WHERE acknowledged_by IS NOT NULL) AS acknowledged, (SELECT count(*) FROM quarantine) AS quarantined,
          (SELECT value FROM counter WHERE name = 'duplicates') AS duplicates`)
        .get() as unknown as Awaited<ReturnType<Records['counts']>>,
    latencies: async () =>
      (db.prepare('SELECT committed_ms - said_ms AS ms FROM revision').all() as { ms: number }[]).map((row) => row.ms),
    gaps: async () =>
      (q.spools.all() as { device: string; spool: string; stream: Stream }[])
        .map(({ device, spool, stream }) => watermark(device, spool, stream))
        .filter((one) => one.missing.length > 0),
    doubledEffects: async () =>
      (db.prepare('SELECT count(*) AS n FROM revision WHERE effects > 1').get() as { n: number }).n,
    brokenAlerts: async () =>
      (
        db
          .prepare(
            'SELECT count(*) AS n FROM alert WHERE rev <> (SELECT count(*) FROM revision WHERE revision.id = alert.id)',
          )
          .get() as { n: number }
      ).n,
    close: async () => {
      if (timer) clearInterval(timer);
      db.close();
    },
  };
}

const alertOf = (row: AlertRow): AlertRecord => ({
  site: row.site,
  device: row.device,
  alert: JSON.parse(row.body) as Alert,
  raisedMs: row.raised_ms,
  changedMs: row.changed_ms,
  acknowledged: row.acknowledged_by === null ? null : { by: row.acknowledged_by, atMs: row.acknowledged_ms ?? 0 },
});

function deviceOf(row: DeviceRow): DeviceRecord {
  const birth = JSON.parse(row.birth) as Record<string, unknown>;
  const where = birth.where as { lat: number; lon: number } | null | undefined;
  return {
    site: row.site,
    device: row.device,
    status: row.status,
    lastSeenMs: row.last_seen_ms,
    simulated: birth.simulated === true,
    where:
      where && Number.isFinite(where.lat) && Number.isFinite(where.lon) ? { lat: where.lat, lon: where.lon } : null,
    birth,
  };
}
