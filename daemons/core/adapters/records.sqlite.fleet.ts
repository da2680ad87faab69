/** What is known of boxes in the central store: births, last words, published heads. In the caller's transaction. */
import type { DeviceRecord, Head, Said } from '../ports/records.ts';
import { afterBirth, afterStatus, type Presence, unknownPresence } from '../records/presence.ts';
import type { RecordsFile } from './records.sqlite.file.ts';

export interface Fleet {
  /** Envelopes came from it. */
  seen(site: string, device: string, nowMs: number): void;
  birth(site: string, device: string, birth: Readonly<Record<string, unknown>>, nowMs: number): void;
  status(site: string, device: string, said: Said, nowMs: number): void;
  head(head: Head): void;
  heads(device: string): readonly Head[];
  /** Changed after one cursor, up to another. */
  changed(after: number, to: number): readonly DeviceRecord[];
}

interface DeviceRow {
  readonly site: string;
  readonly device: string;
  readonly status: DeviceRecord['status'];
  readonly last_seen_ms: number;
  readonly birth: string;
}

/** A last-seen time is worth a change for readers this often, not with every envelope. */
const seenEveryMs = 2000;

export function fleetIn({ db, add }: RecordsFile): Fleet {
  const q = {
    known: db.prepare('SELECT status, boot, session, last_seen_ms FROM device WHERE site = ? AND device = ?'),
    fresh: db.prepare("INSERT OR IGNORE INTO device VALUES (?, ?, 'unknown', '', '', 0, '{}', 0)"),
    seen: db.prepare('UPDATE device SET last_seen_ms = ?, change = ? WHERE site = ? AND device = ?'),
    birth: db.prepare('UPDATE device SET birth = ? WHERE site = ? AND device = ?'),
    presence: db.prepare(
      'UPDATE device SET status = ?, boot = ?, session = ?, last_seen_ms = max(last_seen_ms, ?), change = ? WHERE site = ? AND device = ?',
    ),
    head: db.prepare(`INSERT INTO head VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
      site = excluded.site, seq = excluded.seq, text = excluded.text, at_ms = excluded.at_ms WHERE excluded.seq > seq`),
    heads: db.prepare('SELECT site, device, spool, seq, text, at_ms AS atMs FROM head WHERE device = ? ORDER BY spool'),
    changed: db.prepare('SELECT * FROM device WHERE change > ? AND change <= ? ORDER BY change'),
  };
  const presenceOf = (site: string, device: string): Presence =>
    (q.known.get(site, device) as Presence | undefined) ?? unknownPresence;
  const set = (site: string, device: string, { status, boot, session }: Presence, seenMs: number): void =>
    void q.presence.run(status, boot, session, seenMs, add('change', 1), site, device);

  return {
    seen: (site, device, nowMs) => {
      q.fresh.run(site, device);
      if (nowMs >= Number(q.known.get(site, device)?.last_seen_ms) + seenEveryMs)
        q.seen.run(nowMs, add('change', 1), site, device);
    },
    birth: (site, device, birth, nowMs) => {
      q.fresh.run(site, device);
      q.birth.run(JSON.stringify(birth), site, device);
      set(site, device, afterBirth(presenceOf(site, device), birth), nowMs);
    },
    status: (site, device, said, nowMs) => {
      q.fresh.run(site, device);
      const known = presenceOf(site, device);
      const next = afterStatus(known, said);
      // A last will tells when the broker missed the box, not that the box was there.
      if (next !== known) set(site, device, next, said.status === 'online' ? nowMs : 0);
    },
    head: ({ site, device, spool, seq, text, atMs }) => void q.head.run(site, device, spool, seq, text, atMs),
    heads: (device) => q.heads.all(device) as unknown as Head[],
    changed: (after, to) => (q.changed.all(after, to) as unknown as DeviceRow[]).map(deviceOf),
  };
}

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
