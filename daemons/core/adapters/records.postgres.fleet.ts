/** What is known of boxes, on PostgreSQL: births, last words, published heads. In the caller's transaction. */
import type { DeviceRecord, Head, Said } from '../ports/records.ts';
import { afterBirth, afterStatus, type Presence, unknownPresence } from '../records/presence.ts';
import { storable, texts } from './postgres.arrays.ts';
import type { Ask, Row } from './postgres.ts';
import { changeNow } from './records.postgres.schema.ts';

export interface Box {
  readonly site: string;
  readonly device: string;
}

/** A last-seen time is worth a change for readers this often, not with every envelope. */
const seenEveryMs = 2000;

/** Envelopes came from these. */
export async function seen(ask: Ask, boxes: readonly Box[], nowMs: number): Promise<void> {
  await ask({
    name: 'device-seen',
    text: `INSERT INTO device (site, device, status, last_seen_ms, change)
      SELECT site, device, 'unknown', $3::float8, ${changeNow} FROM unnest($1::text[], $2::text[]) AS t (site, device)
      ORDER BY site, device ON CONFLICT (site, device) DO UPDATE SET last_seen_ms = excluded.last_seen_ms, change = excluded.change
        WHERE excluded.last_seen_ms >= device.last_seen_ms + ${seenEveryMs}`,
    values: [texts(boxes.map(({ site }) => site)), texts(boxes.map(({ device }) => device)), nowMs],
  });
}

export async function birth(ask: Ask, box: Box, said: Readonly<Record<string, unknown>>, nowMs: number): Promise<void> {
  const known = await presenceOf(ask, box);
  await ask({
    text: 'UPDATE device SET birth = $3 WHERE site = $1 AND device = $2',
    values: [box.site, box.device, JSON.stringify(said)],
  });
  await setPresence(ask, box, afterBirth(known, said), nowMs);
}

export async function status(ask: Ask, box: Box, said: Said, nowMs: number): Promise<void> {
  const known = await presenceOf(ask, box);
  const next = afterStatus(known, said);
  // A last will tells when the broker missed the box, not that the box was there.
  if (next !== known) await setPresence(ask, box, next, said.status === 'online' ? nowMs : 0);
}

/** The row, made where there is none, and locked. */
async function presenceOf(ask: Ask, { site, device }: Box): Promise<Presence> {
  await ask({
    text: `INSERT INTO device (site, device, status, last_seen_ms, change) VALUES ($1, $2, 'unknown', 0, ${changeNow})
      ON CONFLICT DO NOTHING`,
    values: [site, device],
  });
  const { rows } = await ask({
    text: 'SELECT status, boot, session FROM device WHERE site = $1 AND device = $2 FOR UPDATE',
    values: [site, device],
  });
  return (rows[0] as Presence | undefined) ?? unknownPresence;
}

const setPresence = (
  ask: Ask,
  { site, device }: Box,
  { status, boot, session }: Presence,
  seenMs: number,
): Promise<unknown> =>
  ask({
    text: `UPDATE device SET status = $3, boot = $4, session = $5, last_seen_ms = greatest(last_seen_ms, $6), change = ${changeNow}
      WHERE site = $1 AND device = $2`,
    values: [site, device, status, storable(boot), storable(session), seenMs],
  });

export const keepHead = (ask: Ask, { site, device, spool, seq, text, atMs }: Head): Promise<unknown> =>
  ask({
    text: `INSERT INTO head (site, device, spool, seq, text, at_ms) VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (device, spool) DO UPDATE SET site = excluded.site, seq = excluded.seq, text = excluded.text, at_ms = excluded.at_ms
        WHERE excluded.seq > head.seq`,
    values: [site, device, storable(spool), seq, storable(text), atMs],
  });

export async function headsOf(ask: Ask, device: string): Promise<readonly Head[]> {
  const { rows } = await ask({
    text: 'SELECT site, device, spool, seq, text, at_ms AS "atMs" FROM head WHERE device = $1 ORDER BY spool',
    values: [device],
  });
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }) as unknown as Head);
}

export function deviceOf(row: Row): DeviceRecord {
  const birth = JSON.parse(String(row.birth)) as Record<string, unknown>;
  const where = birth.where as { lat: number; lon: number } | null | undefined;
  return {
    site: String(row.site),
    device: String(row.device),
    status: row.status as DeviceRecord['status'],
    lastSeenMs: Number(row.last_seen_ms),
    simulated: birth.simulated === true,
    where:
      where && Number.isFinite(where.lat) && Number.isFinite(where.lon) ? { lat: where.lat, lon: where.lon } : null,
    birth,
  };
}
