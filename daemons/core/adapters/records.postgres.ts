/**
 * The central store on PostgreSQL: for one server, or for several ledger workers that share the devices. A worker gives the
 * leases it holds (`Fence`), and every write about a device checks within its transaction that the lease is still held, so
 * that a worker that slept through its lease keeps nothing and receipts nothing.
 */
import { setTimeout } from 'node:timers/promises';
import { Fault } from '../ports/fault.ts';
import type { AlertRecord, Conflict, GoneRange, Records, Watermark } from '../ports/records.ts';
import { partitionOf } from '../records/partition.ts';
import { confirmed } from '../records/progress.ts';
import type { Alert } from '../values/alert.ts';
import type { Desk } from '../values/desk.ts';
import { bigints, storable } from './postgres.arrays.ts';
import { type Ask, connectPostgres, type Postgres, type Row } from './postgres.ts';
import { type Checks, checksOf } from './records.postgres.checks.ts';
import { take, unheld } from './records.postgres.commit.ts';
import { birth, deviceOf, headsOf, keepHead, seen, status } from './records.postgres.fleet.ts';
import { readProgress, type StreamKey, tallyKey } from './records.postgres.progress.ts';
import { newestQuarantined, quarantine } from './records.postgres.quarantine.ts';
import { changeNow, laySchema, mendChanges } from './records.postgres.schema.ts';
import { type Room, usualRoom } from './records.sqlite.quarantine.ts';

export type PostgresRecords = Records & Checks;

/** What a worker holds: the partition and the number of the lease, or null when the partition is not its own. */
export interface Fence {
  readonly owner: string;
  epochOf(part: number): number | null;
}

export interface PostgresOptions {
  /** Without it every device may be written: for readers, and for tests of the store. */
  readonly fence?: Fence;
  readonly room?: Room;
}

/** A reader waits so long, in ms, for transactions that began before the newest change and have not ended. */
const horizonMs = 1000;
const horizonLookMs = 4;
/** Alerts with what people did. */
export const withDesk = 'SELECT alert.*, desk.body AS desk FROM alert LEFT JOIN desk ON desk.alert = alert.id';
export const channel = 'fieldpost_changed';
/** Notifications are told apart from commits, whose end they would serialise, and not more often than this, in ms. */
const tellEveryMs = 25;

/** Opens the store and lays its tables. Errors: Fault `config`, `absent`. */
export async function openPostgresRecords(url: string, options: PostgresOptions = {}): Promise<PostgresRecords> {
  const db = connectPostgres(url);
  try {
    await laySchema(db);
    await mendChanges(db);
  } catch (error) {
    await db.close();
    throw error;
  }
  return recordsOn(db, options);
}

/** The store on a connection whose tables are laid; closing it closes the connection. */
export function recordsOn(db: Postgres, { fence, room = usualRoom }: PostgresOptions): PostgresRecords {
  let timer: NodeJS.Timeout | null = null;
  const tell = (): void => {
    // Who misses one hears the next, or looks by itself after a while.
    timer ??= globalThis.setTimeout(() => {
      timer = null;
      void db.ask(`NOTIFY ${channel}`).catch(() => {});
    }, tellEveryMs);
  };
  /** Watermarks of the newest batch: a receipt is asked for right after its commit. */
  let marks = new Map<string, Watermark>();
  const write = async <T>(devices: readonly string[], work: (ask: Ask) => Promise<T>): Promise<T> => {
    const result = await db.transaction(async (ask) => {
      if (fence) await holdLeases(ask, fence, devices);
      return work(ask);
    });
    tell();
    return result;
  };

  return {
    commit: async (arrivals, nowMs) => {
      if (arrivals.length === 0) return [];
      const boxes = new Map(arrivals.map(({ site, envelope: { device } }) => [`${site}/${device}`, { site, device }]));
      const devices = arrivals.map(({ envelope }) => envelope.device);
      const { outcomes, marks: newest } = await write(devices, async (ask) => {
        const taken = await take(ask, arrivals, nowMs);
        await seen(ask, [...boxes.values()], nowMs);
        return taken;
      });
      marks = new Map(newest.map((one) => [tallyKey(one), one]));
      return outcomes;
    },
    watermark: async (device, spool, stream) => {
      const key: StreamKey = { device, spool, stream };
      return marks.get(tallyKey(key)) ?? { ...key, ...confirmed(await readProgress(db.ask, key)) };
    },
    quarantine: (messages, nowMs) => write([], (ask) => quarantine(ask, messages, room, nowMs)),
    birth: (site, device, said, nowMs) => write([device], (ask) => birth(ask, { site, device }, said, nowMs)),
    status: async (site, device, said, nowMs) => {
      marks = new Map();
      await write([device], async (ask) => {
        await status(ask, { site, device }, said, nowMs);
        if (said.status === 'online') await unheld(ask, device, said.oldest ?? [], nowMs);
      });
    },
    head: (head) => write([head.device], async (ask) => void (await keepHead(ask, head))),
    acknowledge: (id, by, nowMs) => write([], (ask) => acknowledge(ask, id, by, nowMs)),
    openOf: async (device) => {
      const text = `${withDesk} WHERE device = $1 AND substring(alert.body from '"condition":"([a-z]*)"') <> 'cleared'`;
      return (await db.ask({ text, values: [device] })).rows.map(alertOf);
    },
    changes: (cursor, limit) => changes(db.ask, cursor, limit),
    onChange: (listener) => db.listen(channel, listener),
    counts: async () => {
      const { rows } = await db.ask(countsQuery);
      return Object.fromEntries(Object.entries(rows[0] ?? {}).map(([name, n]) => [name, Number(n)])) as never;
    },
    quarantined: (limit) => newestQuarantined(db.ask, limit),
    conflicts: async (limit) => {
      const { rows } = await db.ask({
        text: `SELECT site, device, spool, stream, seq, text, at_ms AS "atMs" FROM conflict ORDER BY at_ms DESC LIMIT $1`,
        values: [limit],
      });
      return rows.map((row) => ({ ...row, seq: Number(row.seq) }) as unknown as Conflict);
    },
    gone: async (limit) => {
      const { rows } = await db.ask({
        text: 'SELECT device, spool, stream, first AS "from", last AS "to", why, at_ms AS "atMs" FROM gone ORDER BY n DESC LIMIT $1',
        values: [limit],
      });
      return rows.map((row) => ({ ...row, from: Number(row.from), to: Number(row.to) }) as unknown as GoneRange);
    },
    heads: (device) => headsOf(db.ask, device),
    ...checksOf(db),
    close: async () => {
      if (timer) clearTimeout(timer);
      await db.close();
    },
  };
}

const countsQuery = `SELECT (SELECT coalesce(sum(kept), 0) FROM progress) AS envelopes, (SELECT count(*) FROM alert) - (SELECT count(*) FROM desk WHERE drill) AS alerts,
  (SELECT count(acknowledged_by) FROM alert) - (SELECT count(acknowledged_by) FROM desk JOIN alert ON id = alert WHERE drill)
    AS acknowledged, (SELECT coalesce(sum(duplicates), 0) FROM progress) AS duplicates,
  (SELECT count(*) FROM conflict) AS conflicts, (SELECT coalesce(sum(last - first + 1), 0) FROM gone) AS gone,
  (SELECT value FROM counter WHERE name = 'quarantined') AS quarantined,
  (SELECT value FROM counter WHERE name = 'quarantine dropped') AS "quarantineDropped"`;

/** Locks the leases against a change of owner until the transaction ends. Errors: Fault `refused` when one is lost. */
async function holdLeases(ask: Ask, fence: Fence, devices: readonly string[]): Promise<void> {
  const parts = [...new Set(devices.map(partitionOf))];
  if (parts.length === 0) return;
  const epochs = parts.map((part) => fence.epochOf(part) ?? -1);
  const { rows } = await ask({
    name: 'lease-hold',
    text: `SELECT part FROM lease JOIN unnest($1::bigint[], $2::bigint[]) AS t (part, epoch) USING (part, epoch)
      WHERE owner = $3 AND expires > clock_timestamp() ORDER BY part FOR SHARE OF lease`,
    values: [bigints(parts), bigints(epochs), fence.owner],
  });
  if (rows.length === parts.length) return;
  const held = new Set(rows.map(({ part }) => Number(part)));
  throw new Fault(
    'refused',
    `${fence.owner}: the lease of partition ${parts.filter((part) => !held.has(part)).join(', ')} is lost; ` +
      'nothing was kept, and the boxes repeat it to the worker that holds it',
  );
}

async function acknowledge(ask: Ask, id: string, by: string, nowMs: number): Promise<boolean> {
  const { count } = await ask({
    text: `UPDATE alert SET acknowledged_by = $2, acknowledged_ms = $3, change = ${changeNow} WHERE id = $1 AND acknowledged_by IS NULL`,
    values: [storable(id), storable(by), nowMs],
  });
  if (count > 0) return true;
  return (await ask({ text: 'SELECT 1 FROM alert WHERE id = $1', values: [storable(id)] })).rows.length > 0;
}

/**
 * What was committed before the oldest transaction that still runs: a later number may lie below one that is seen. What was
 * committed before the call is in the answer, unless a writer stopped in the middle of a transaction.
 */
async function changes(ask: Ask, cursor: number, limit: number): ReturnType<Records['changes']> {
  const horizon = await horizonPast(ask);
  const { rows: alerts } = await ask({
    name: 'changes-alerts',
    text: `${withDesk} WHERE change > $1 AND change <= $2 ORDER BY change FETCH FIRST ($3::bigint) ROWS WITH TIES`,
    values: [cursor, horizon, limit],
  });
  const next = alerts.length >= limit ? Number(alerts.at(-1)?.change ?? horizon) : horizon;
  const { rows: devices } = await ask({
    name: 'changes-devices',
    text: 'SELECT * FROM device WHERE change > $1 AND change <= $2 ORDER BY change',
    values: [cursor, next],
  });
  return { cursor: next, alerts: alerts.map(alertOf), devices: devices.map(deviceOf) };
}

/** Waits until what can be seen lies below every transaction that runs: milliseconds, a commit of another. */
async function horizonPast(ask: Ask): Promise<number> {
  const until = performance.now() + horizonMs;
  for (let newest: number | null = null; ; await setTimeout(horizonLookMs)) {
    const { rows } = await ask({
      name: 'changes-horizon',
      text: `SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint << 12) - 1 AS horizon,
        greatest((SELECT max(change) FROM alert), (SELECT max(change) FROM device), 0) AS newest`,
    });
    newest ??= Number(rows[0]?.newest);
    const horizon = Number(rows[0]?.horizon);
    if (horizon >= newest || performance.now() > until) return horizon;
  }
}

export const alertOf = (row: Row): AlertRecord => ({
  site: String(row.site),
  device: String(row.device),
  alert: JSON.parse(String(row.body)) as Alert,
  raisedMs: Number(row.raised_ms),
  changedMs: Number(row.changed_ms),
  acknowledged:
    row.acknowledged_by === null ? null : { by: String(row.acknowledged_by), atMs: Number(row.acknowledged_ms) },
  ...(row.desk ? { desk: JSON.parse(String(row.desk)) as Desk } : {}),
});
