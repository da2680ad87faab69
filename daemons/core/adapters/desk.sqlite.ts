/** People's acts in the central SQLite file, on a connection of its own. */
import { otherOf, transact } from '../desk/transact.ts';
import { textOf, wordsOf } from '../desk/words.ts';
import type { DeskStore, Done, Kept, Wish } from '../ports/desk.ts';
import { Fault } from '../ports/fault.ts';
import type { AlertRecord } from '../ports/records.ts';
import type { Act, Deed } from '../values/desk.ts';
import { historyIn } from './history.sqlite.ts';
import { openRecordsFile } from './records.sqlite.file.ts';
import { type AlertRow, alertOf, withDesk } from './records.sqlite.ts';

interface ActRow extends Omit<Act, 'atMs' | 'deed' | 'other' | 'key'> {
  readonly at_ms: number;
  readonly deed: string;
  readonly other: string | null;
  readonly from_unit: string | null;
  readonly key: string | null;
  readonly done_ms: number | null;
}
/** Beside the act: a program that does not know of it works on. */
const withFrom = `SELECT act.*, act_from.unit AS from_unit, act_from.key AS key, act_from.done_ms AS done_ms
  FROM act LEFT JOIN act_from ON act_from.n = act.n`;

/** Errors: as `openRecords`. */
export function openSqliteDesk(path: string, waitMs = 10_000): DeskStore {
  const { db, transaction, add } = openRecordsFile(path, waitMs);
  const q = {
    record: db.prepare(`${withDesk} WHERE id = ?`),
    next: db.prepare('SELECT coalesce(max(n), 0) + 1 AS n FROM act'),
    act: db.prepare('INSERT INTO act VALUES (?, ?, ?, ?, ?, ?, ?)'),
    desk: db.prepare(`INSERT INTO desk (alert, body, outcome, drill) VALUES (?, ?, ?, ?) ON CONFLICT (alert) DO UPDATE SET
      body = excluded.body, outcome = excluded.outcome, drill = excluded.drill`),
    change: db.prepare('UPDATE alert SET change = ?, acknowledged_by = ?, acknowledged_ms = ? WHERE id = ?'),
    word: db.prepare('INSERT OR IGNORE INTO word VALUES (?, ?)'),
    from: db.prepare('INSERT INTO act_from VALUES (?, ?, ?, ?, ?, ?)'),
    keyed: db.prepare(`${withFrom} WHERE act_from.alert = ? AND act_from.by = ? AND act_from.key = ?`),
    acts: db.prepare(`${withFrom} WHERE act.alert = ? OR act.other = ? ORDER BY act.n`),
    raise: db.prepare('INSERT OR IGNORE INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?)'),
    revision: db.prepare('INSERT INTO revision VALUES (?, ?, ?, ?, 1)'),
    appoint:
      db.prepare(`INSERT INTO desk (alert, due_ms, open, accepted_ms) VALUES (?, ?, ?, ?) ON CONFLICT (alert) DO UPDATE SET
      due_ms = excluded.due_ms, open = excluded.open, accepted_ms = excluded.accepted_ms`),
    due: db.prepare(`${withDesk} WHERE desk.due_ms <= ? ORDER BY desk.due_ms LIMIT ?`),
    unaccepted: db.prepare('SELECT alert FROM desk WHERE open = 1 AND accepted_ms < ? ORDER BY accepted_ms LIMIT ?'),
    waiting: db.prepare('SELECT count(*) AS n FROM desk WHERE open = 1 AND accepted_ms < ?'),
    read: db.prepare('SELECT version, value FROM shared WHERE name = ?'),
    first: db.prepare('INSERT OR IGNORE INTO shared VALUES (?, 1, ?)'),
    swap: db.prepare('UPDATE shared SET version = version + 1, value = ? WHERE name = ? AND version = ?'),
  };
  const recordOf = (id: string | null): AlertRecord | null => {
    const row = id === null ? undefined : (q.record.get(id) as unknown as AlertRow | undefined);
    return row ? alertOf(row) : null;
  };
  const keep = ({ alert: { id }, desk, acknowledged }: AlertRecord): void => {
    q.desk.run(id, JSON.stringify(desk), desk?.resolved?.outcome ?? null, desk?.drill ? 1 : 0);
    q.change.run(add('change', 1), acknowledged?.by ?? null, acknowledged?.atMs ?? null, id);
  };
  const actOn = (wish: Wish): Done | null => {
    const record = recordOf(wish.alert);
    if (!record) return null;
    const before = wish.key === undefined ? undefined : q.keyed.get(wish.alert, wish.by, wish.key);
    if (before) return { act: actOf(before as unknown as ActRow), why: null, record };
    const written = transact(record, recordOf(otherOf(wish, record)), wish, Number(q.next.get()?.n));
    if (typeof written === 'string') return { act: null, why: written, record };
    const { n, alert, by, role, atMs, deed, other, unit, key, doneMs } = written.act;
    q.act.run(n, alert, by, role, atMs, JSON.stringify(deed), other ?? null);
    if ((unit ?? key ?? doneMs) !== undefined) q.from.run(n, alert, by, key ?? null, unit ?? null, doneMs ?? null);
    for (const word of wordsOf(textOf(deed))) q.word.run(word, alert);
    keep(written.record);
    if (written.other) keep(written.other);
    return { act: written.act, why: null, record: written.record };
  };
  return {
    act: async (wish) => transaction(() => actOn(wish)),
    actAll: async (wishes) => transaction(() => wishes.map(actOn)),
    acts: async (id) => (q.acts.all(id, id) as unknown as ActRow[]).map(actOf),
    record: async (id) => recordOf(id),
    raise: async (alert, site, device, wish) =>
      transaction(() => {
        const { id, rev, at } = alert;
        const body = JSON.stringify(alert);
        const { changes } = q.raise.run(id, site, device, rev, body, wish.atMs, wish.atMs, add('change', 1));
        if (changes === 0) throw new Fault('refused', `alert ${id}: is in the store already; nothing was changed`);
        q.revision.run(id, rev, at.wallMs, wish.atMs);
        return actOn({ ...wish, alert: id }) as Done;
      }),
    appoint: async (appointments) =>
      transaction(() => {
        for (const { alert, dueMs, open, acceptedMs } of appointments)
          q.appoint.run(alert, dueMs, open ? 1 : 0, acceptedMs);
      }),
    due: async (nowMs, limit) => (q.due.all(nowMs, limit) as unknown as AlertRow[]).map(alertOf),
    unaccepted: async (sinceMs, limit) => ({
      alerts: (q.unaccepted.all(sinceMs, limit) as { alert: string }[]).map(({ alert }) => alert),
      total: Number(q.waiting.get(sinceMs)?.n),
    }),
    read: async (name): Promise<Kept> => {
      const row = q.read.get(name) as { version: number; value: string } | undefined;
      return row ? { version: row.version, value: JSON.parse(row.value) } : { version: 0, value: null };
    },
    swap: async (name, version, value) =>
      transaction(() => {
        const text = JSON.stringify(value);
        const { changes } = version === 0 ? q.first.run(name, text) : q.swap.run(text, name, version);
        return changes > 0;
      }),
    ...historyIn(db),
    close: async () => db.close(),
  };
}

const actOf = ({ n, alert, by, role, at_ms: atMs, deed, other, from_unit: unit, key, done_ms }: ActRow): Act => ({
  ...{ n, alert, by, role, atMs },
  deed: JSON.parse(deed) as Deed,
  ...(other !== null && { other }),
  ...(unit !== null && { unit }),
  ...(key !== null && { key }),
  ...(done_ms !== null && { doneMs: done_ms }),
});
