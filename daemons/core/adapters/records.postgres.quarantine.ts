/** Messages that could not be read, on PostgreSQL: a room of bounded size, and what had to leave it is counted. */
import type { Quarantined, Unreadable } from '../ports/records.ts';
import { blobs, texts } from './postgres.arrays.ts';
import type { Ask } from './postgres.ts';
import type { Room } from './records.sqlite.quarantine.ts';

/** Rows that make way in one statement. */
const page = 1000;

/** In the caller's transaction. Whoever keeps something waits for the one before: the room is one. */
export async function quarantine(
  ask: Ask,
  messages: readonly Unreadable[],
  { bytes: mostBytes, messages: mostMessages }: Room,
  nowMs: number,
): Promise<void> {
  const size = messages.reduce((sum, { payload }) => sum + payload.length, 0);
  let bytes = await add(ask, 'quarantine bytes', size);
  let count = (await add(ask, 'quarantined', messages.length)) - (await add(ask, 'quarantine dropped', 0));
  await ask({
    text: `INSERT INTO quarantine (topic, payload, reason, at_ms)
      SELECT topic, payload, reason, $4::float8 FROM unnest($1::text[], $2::bytea[], $3::text[]) WITH ORDINALITY AS t (topic, payload, reason, n)
      ORDER BY n`,
    values: [
      texts(messages.map(({ topic }) => topic)),
      blobs(messages.map(({ payload }) => Buffer.from(payload))),
      texts(messages.map(({ reason }) => reason)),
      nowMs,
    ],
  });
  let dropped = 0;
  let freed = 0;
  while (count > 0 && (bytes > mostBytes || count > mostMessages)) {
    const { rows } = await ask(`SELECT n, length(payload) AS bytes FROM quarantine ORDER BY n LIMIT ${page}`);
    if (rows.length === 0) break;
    let last = 0;
    for (const row of rows) {
      if (bytes <= mostBytes && count <= mostMessages) break;
      last = Number(row.n);
      bytes -= Number(row.bytes);
      freed += Number(row.bytes);
      count -= 1;
      dropped += 1;
    }
    await ask({ text: 'DELETE FROM quarantine WHERE n <= $1', values: [last] });
  }
  if (dropped === 0) return;
  await add(ask, 'quarantine dropped', dropped);
  await add(ask, 'quarantine bytes', -freed);
}

export async function newestQuarantined(ask: Ask, limit: number): Promise<readonly Quarantined[]> {
  const { rows } = await ask({
    text: 'SELECT topic, payload, reason, at_ms AS "atMs" FROM quarantine ORDER BY n DESC LIMIT $1',
    values: [limit],
  });
  return rows as unknown as Quarantined[];
}

async function add(ask: Ask, name: string, amount: number): Promise<number> {
  const { rows } = await ask({
    text: 'UPDATE counter SET value = value + $2 WHERE name = $1 RETURNING value',
    values: [name, amount],
  });
  return Number(rows[0]?.value);
}
