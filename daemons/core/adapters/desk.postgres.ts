/** People's acts in the central store on PostgreSQL. */
import { otherOf, transact } from '../desk/transact.ts';
import { textOf, wordsOf } from '../desk/words.ts';
import type { DeskStore, Done, Wish } from '../ports/desk.ts';
import { Fault } from '../ports/fault.ts';
import type { AlertRecord } from '../ports/records.ts';
import type { Act, Deed } from '../values/desk.ts';
import { historyOn } from './history.postgres.ts';
import { bigints, doubles, storable, texts } from './postgres.arrays.ts';
import { type Ask, connectPostgres, type Row } from './postgres.ts';
import { changeNow, laySchema } from './records.postgres.schema.ts';
import { alertOf, channel, withDesk } from './records.postgres.ts';

const withFrom = `SELECT act.*, act_from.unit AS from_unit, act_from.key AS key, act_from.done_ms AS done_ms
  FROM act LEFT JOIN act_from ON act_from.n = act.n`;

/** Errors: Fault `config`, `absent`. */
export async function openPostgresDesk(url: string): Promise<DeskStore> {
  const db = connectPostgres(url);
  await laySchema(db).catch(async (error: unknown) => {
    await db.close();
    throw error;
  });
  const write = async <T>(work: (ask: Ask) => Promise<T>): Promise<T> => {
    const result = await db.transaction(work);
    // Apart from the commit, whose end it would hold up; who misses it looks by itself after a while.
    await db.ask(`NOTIFY ${channel}`).catch(() => {});
    return result;
  };
  return {
    act: async (wish) => (await write((ask) => actAll(ask, [wish])))[0] ?? null,
    actAll: (wishes) => write((ask) => actAll(ask, wishes)),
    acts: async (id) => {
      const text = `${withFrom} WHERE act.alert = $1 OR act.other = $1 ORDER BY act.n`;
      return (await db.ask({ text, values: [storable(id)] })).rows.map(actOf);
    },
    record: (id) => recordOf(db.ask, id),
    raise: (alert, site, device, wish) =>
      write(async (ask) => {
        const { id, rev, at } = alert;
        const { count } = await ask({
          text: `INSERT INTO alert (id, site, device, rev, body, raised_ms, changed_ms, change)
            VALUES ($1, $2, $3, $4, $5, $6, $6, ${changeNow}) ON CONFLICT DO NOTHING`,
          values: [id, site, device, rev, JSON.stringify(alert), wish.atMs],
        });
        if (count === 0) throw new Fault('refused', `alert ${id}: is in the store already; nothing was changed`);
        await ask({ text: 'INSERT INTO revision VALUES ($1, $2, $3, $4, 1)', values: [id, rev, at.wallMs, wish.atMs] });
        return (await actAll(ask, [{ ...wish, alert: id }]))[0] as Done;
      }),
    appoint: async (all) => {
      if (all.length === 0) return;
      await db.ask({
        name: 'desk-appoint',
        text: `INSERT INTO desk (alert, due_ms, open, accepted_ms)
          SELECT alert, nullif(due, -1), open = 1, accepted FROM unnest($1::text[], $2::float8[], $3::bigint[], $4::float8[])
            AS t (alert, due, open, accepted) ORDER BY alert
          ON CONFLICT (alert) DO UPDATE SET due_ms = excluded.due_ms, open = excluded.open, accepted_ms = excluded.accepted_ms`,
        values: [
          texts(all.map(({ alert }) => alert)),
          doubles(all.map(({ dueMs }) => dueMs ?? -1)),
          bigints(all.map(({ open }) => (open ? 1 : 0))),
          doubles(all.map(({ acceptedMs }) => acceptedMs)),
        ],
      });
    },
    due: async (nowMs, limit) => {
      const text = `${withDesk} WHERE desk.due_ms <= $1 ORDER BY desk.due_ms LIMIT $2`;
      return (await db.ask({ text, values: [nowMs, limit] })).rows.map(alertOf);
    },
    unaccepted: async (sinceMs, limit) => {
      const { rows } = await db.ask({
        text: 'SELECT alert FROM desk WHERE open AND accepted_ms < $1 ORDER BY accepted_ms LIMIT $2',
        values: [sinceMs, limit],
      });
      const text = 'SELECT count(*) AS n FROM desk WHERE open AND accepted_ms < $1';
      const counted = await db.ask({ text, values: [sinceMs] });
      return { alerts: rows.map(({ alert }) => String(alert)), total: Number(counted.rows[0]?.n) };
    },
    read: async (name) => {
      const { rows } = await db.ask({ text: 'SELECT version, value FROM shared WHERE name = $1', values: [name] });
      const [row] = rows;
      return row ? { version: Number(row.version), value: JSON.parse(String(row.value)) } : { version: 0, value: null };
    },
    swap: async (name, version, value) => {
      const text = storable(JSON.stringify(value));
      const { count } = await db.ask(
        version === 0
          ? { text: 'INSERT INTO shared VALUES ($1, 1, $2) ON CONFLICT DO NOTHING', values: [name, text] }
          : {
              text: 'UPDATE shared SET version = version + 1, value = $2 WHERE name = $1 AND version = $3',
              values: [name, text, version],
            },
      );
      return count > 0;
    },
    ...historyOn(db.ask),
    close: () => db.close(),
  };
}

async function recordOf(ask: Ask, id: string | null): Promise<AlertRecord | null> {
  if (id === null) return null;
  const { rows } = await ask({ name: 'desk-record', text: `${withDesk} WHERE id = $1`, values: [storable(id)] });
  return rows[0] ? alertOf(rows[0]) : null;
}

/** Rows are locked in the order of their ids, so that no two who write wait for each other. */
async function actAll(ask: Ask, wishes: readonly Wish[]): Promise<(Done | null)[]> {
  const locked = new Set<string>();
  for (const wish of wishes) {
    const other = otherOf(wish, wish.deed.what === 'unlink' ? await recordOf(ask, wish.alert) : null);
    for (const id of [wish.alert, ...(other === null ? [] : [other])]) locked.add(storable(id));
  }
  await ask({
    text: 'SELECT 1 FROM alert WHERE id = ANY ($1::text[]) ORDER BY id FOR UPDATE',
    values: [texts([...locked])],
  });
  const done: (Done | null)[] = [];
  for (const wish of wishes) done.push(await actOn(ask, wish, locked));
  return done;
}

async function actOn(ask: Ask, wish: Wish, locked: ReadonlySet<string>): Promise<Done | null> {
  const record = await recordOf(ask, wish.alert);
  if (!record) return null;
  const id = otherOf(wish, record);
  if (id !== null && !locked.has(storable(id)))
    throw new Fault('refused', `alert ${wish.alert}: somebody else linked it just now; nothing was kept, look again`);
  const before = await keyed(ask, wish);
  if (before) return { act: before, why: null, record };
  const { rows } = await ask("SELECT nextval('act_n_seq') AS n");
  const written = transact(record, await recordOf(ask, id), wish, Number(rows[0]?.n));
  if (typeof written === 'string') return { act: null, why: written, record };
  const { n, alert, by, role, atMs, deed, other, unit, key, doneMs } = written.act;
  if ((unit ?? key ?? doneMs) !== undefined)
    await ask({
      name: 'desk-from',
      text: 'INSERT INTO act_from VALUES ($1, $2, $3, $4, $5, $6)',
      values: [n, alert, storable(by), key ?? null, unit === undefined ? null : storable(unit), doneMs ?? null],
    });
  await ask({
    name: 'desk-act',
    text: 'INSERT INTO act VALUES ($1, $2, $3, $4, $5, $6, $7)',
    values: [n, alert, storable(by), role, atMs, storable(JSON.stringify(deed)), other ?? null],
  });
  const words = wordsOf(textOf(deed));
  if (words.length > 0)
    await ask({
      name: 'desk-words',
      text: 'INSERT INTO word SELECT word, $2 FROM unnest($1::text[]) AS t (word) ON CONFLICT DO NOTHING',
      values: [texts(words), alert],
    });
  await keep(ask, written.record);
  if (written.other) await keep(ask, written.other);
  return { act: written.act, why: null, record: written.record };
}

/** What was done under that key; the alert is locked, so that nobody does it just now. */
async function keyed(ask: Ask, { alert, by, key }: Wish): Promise<Act | null> {
  if (key === undefined) return null;
  const text = `${withFrom} WHERE act_from.alert = $1 AND act_from.by = $2 AND act_from.key = $3`;
  const { rows } = await ask({ name: 'desk-keyed', text, values: [alert, storable(by), key] });
  return rows[0] ? actOf(rows[0]) : null;
}

async function keep(ask: Ask, { alert: { id }, desk, acknowledged }: AlertRecord): Promise<void> {
  await ask({
    name: 'desk-keep',
    text: `INSERT INTO desk (alert, body, outcome, drill) VALUES ($1, $2, $3, $4) ON CONFLICT (alert) DO UPDATE SET
      body = excluded.body, outcome = excluded.outcome, drill = excluded.drill`,
    values: [id, storable(JSON.stringify(desk)), desk?.resolved?.outcome ?? null, desk?.drill ?? false],
  });
  await ask({
    name: 'desk-change',
    text: `UPDATE alert SET change = ${changeNow}, acknowledged_by = $2, acknowledged_ms = $3 WHERE id = $1`,
    values: [id, acknowledged ? storable(acknowledged.by) : null, acknowledged?.atMs ?? null],
  });
}

const actOf = (row: Row): Act => ({
  n: Number(row.n),
  alert: String(row.alert),
  by: String(row.by),
  role: String(row.role) as Act['role'],
  atMs: Number(row.at_ms),
  deed: JSON.parse(String(row.deed)) as Deed,
  ...(row.other === null ? {} : { other: String(row.other) }),
  ...(row.from_unit === null ? {} : { unit: String(row.from_unit) }),
  ...(row.key === null ? {} : { key: String(row.key) }),
  ...(row.done_ms === null ? {} : { doneMs: Number(row.done_ms) }),
});
