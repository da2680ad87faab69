/**
 * The central store in one SQLite file: for a laptop or a small centre. Envelopes are kept as their exact text, so that
 * hashes hold; alerts are their latest revision; `change` numbers order what a reader has not seen. Two processes have it
 * open: the ledger writes envelopes, the console writes acknowledgements. Transactions are short and wait for each other.
 */
import type { AlertRecord, Conflict, GoneRange, Records } from '../ports/records.ts';
import type { Alert } from '../values/alert.ts';
import type { Desk } from '../values/desk.ts';
import { type Checks, checksOf } from './records.sqlite.checks.ts';
import { commitsInto } from './records.sqlite.commit.ts';
import { openRecordsFile } from './records.sqlite.file.ts';
import { fleetIn } from './records.sqlite.fleet.ts';
import { quarantineIn, type Room } from './records.sqlite.quarantine.ts';

export type SqliteRecords = Records & Checks;

export interface AlertRow {
  readonly site: string;
  readonly device: string;
  readonly body: string;
  readonly raised_ms: number;
  readonly changed_ms: number;
  readonly acknowledged_by: string | null;
  readonly acknowledged_ms: number | null;
  readonly change: number;
  /** Where the query joined it. */
  readonly desk?: string | null;
}

interface AlertCounts {
  readonly alerts: number;
  readonly acknowledged: number;
}

/** Alerts with what people did. */
export const withDesk = 'SELECT alert.*, desk.body AS desk FROM alert LEFT JOIN desk ON desk.alert = alert.id';

const watchMs = 40;

/** Opens or makes the store; `waitMs` is how long another process may hold it. Errors: Fault `config` for a store of another version; SQLite's own when it cannot be opened. */
export async function openRecords(path: string, room?: Room, waitMs = 10_000): Promise<SqliteRecords> {
  const file = openRecordsFile(path, waitMs);
  const { db, transaction, add, read } = file;
  const commits = commitsInto(file);
  const fleet = fleetIn(file);
  const quarantine = quarantineIn(file, room);
  const q = {
    acknowledge: db.prepare(
      'UPDATE alert SET acknowledged_by = ?, acknowledged_ms = ?, change = ? WHERE id = ? AND acknowledged_by IS NULL',
    ),
    exists: db.prepare('SELECT 1 FROM alert WHERE id = ?'),
    alerts: db.prepare(`${withDesk} WHERE change > ? ORDER BY change LIMIT ?`),
    open: db.prepare(`${withDesk} WHERE device = ? AND alert.body ->> '$.condition' <> 'cleared'`),
    ofAlerts: db.prepare('SELECT count(*) AS alerts, count(acknowledged_by) AS acknowledged FROM alert'),
    // Of a drill is nothing that happened.
    ofDrills:
      db.prepare(`SELECT count(*) AS alerts, count(acknowledged_by) AS acknowledged FROM desk JOIN alert ON id = alert
      WHERE drill = 1`),
    conflicts: db.prepare(`SELECT site, device, spool, stream, seq, text, committed_ms AS atMs FROM conflict
      ORDER BY committed_ms DESC LIMIT ?`),
    gone: db.prepare(`SELECT device, spool, stream, first AS "from", last AS "to", why, at_ms AS atMs FROM gone
      ORDER BY rowid DESC LIMIT ?`),
    version: db.prepare('PRAGMA data_version'),
  };

  const listeners = new Set<() => void>();
  const versionOf = (): number => Number(q.version.get()?.data_version);
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
  const write = async <T>(work: () => T): Promise<T> => {
    const result = transaction(work);
    if (listeners.size > 0) tell();
    return result;
  };

  return {
    commit: (arrivals, nowMs) =>
      write(() => {
        const outcomes = commits.take(arrivals, nowMs);
        const boxes = new Map(
          arrivals.map(({ site, envelope: { device } }) => [`${site}/${device}`, { site, device }]),
        );
        for (const { site, device } of boxes.values()) fleet.seen(site, device, nowMs);
        return outcomes;
      }),
    watermark: async (device, spool, stream) => commits.watermark(device, spool, stream),
    quarantine: (messages, nowMs) => write(() => quarantine.keep(messages, nowMs)),
    birth: (site, device, birth, nowMs) => write(() => fleet.birth(site, device, birth, nowMs)),
    status: (site, device, said, nowMs) =>
      write(() => {
        fleet.status(site, device, said, nowMs);
        if (said.status === 'online') commits.unheld(device, said.oldest ?? [], nowMs);
      }),
    head: (head) => write(() => fleet.head(head)),
    acknowledge: (id, by, nowMs) =>
      write(() => {
        if (!q.exists.get(id)) return false;
        q.acknowledge.run(by, nowMs, add('change', 1), id);
        return true;
      }),
    openOf: async (device) => (q.open.all(device) as unknown as AlertRow[]).map(alertOf),
    changes: async (cursor, limit) => {
      const alerts = q.alerts.all(cursor, limit) as unknown as AlertRow[];
      const newest = read('change');
      const next = alerts.length === limit ? (alerts.at(-1)?.change ?? newest) : newest;
      return { cursor: next, alerts: alerts.map(alertOf), devices: fleet.changed(cursor, next) };
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
    counts: async () => {
      const [all, drills] = [q.ofAlerts, q.ofDrills].map((query) => query.get() as unknown as AlertCounts);
      return {
        envelopes: read('envelopes'),
        alerts: (all?.alerts ?? 0) - (drills?.alerts ?? 0),
        acknowledged: (all?.acknowledged ?? 0) - (drills?.acknowledged ?? 0),
        duplicates: read('duplicates'),
        conflicts: read('conflicts'),
        gone: read('gone'),
        quarantined: read('quarantined'),
        quarantineDropped: read('quarantineDropped'),
      };
    },
    quarantined: async (limit) => quarantine.newest(limit),
    conflicts: async (limit) => q.conflicts.all(limit) as unknown as Conflict[],
    gone: async (limit) => q.gone.all(limit) as unknown as GoneRange[],
    heads: async (device) => fleet.heads(device),
    ...checksOf(db, commits.gaps),
    close: async () => {
      if (timer) clearInterval(timer);
      db.close();
    },
  };
}

export const alertOf = (row: AlertRow): AlertRecord => ({
  site: row.site,
  device: row.device,
  alert: JSON.parse(row.body) as Alert,
  raisedMs: row.raised_ms,
  changedMs: row.changed_ms,
  acknowledged: row.acknowledged_by === null ? null : { by: row.acknowledged_by, atMs: row.acknowledged_ms ?? 0 },
  ...(row.desk ? { desk: JSON.parse(row.desk) as Desk } : {}),
});
