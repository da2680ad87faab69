/** Alerts of the central SQLite file, found again by one index that holds all but what people wrote. */
import type { DatabaseSync } from 'node:sqlite';
import { conditionsOf, placeOf, placeText } from '../desk/conditions.ts';
import type { History } from '../ports/history.ts';
import type { Outcome } from '../values/desk.ts';
import { soughtIn } from './desk.sqlite.tables.ts';
import { type AlertRow, alertOf, withDesk } from './records.sqlite.ts';

export function historyIn(db: DatabaseSync): History {
  const body = db.prepare(`${withDesk} WHERE id = ?`);
  return {
    search: async (search, { after, limit }) => {
      const all = conditionsOf(search, soughtIn);
      const where = all.length === 0 ? '1' : all.map(({ sql }) => sql).join(' AND ');
      const values = all.flatMap((one) => one.values);
      const place = after === null ? null : placeOf(after);
      const beyond = place ? ' AND (raised_ms, id) < (?, ?)' : '';
      const total = db.prepare(`SELECT count(*) AS n FROM alert WHERE ${where}`).get(...values);
      const rows = db
        .prepare(`SELECT id FROM alert WHERE ${where}${beyond} ORDER BY raised_ms DESC, id DESC LIMIT ?`)
        .all(...values, ...(place ? [place.ms, place.id] : []), limit + 1) as { id: string }[];
      const alerts = rows.slice(0, limit).map(({ id }) => alertOf(body.get(id) as unknown as AlertRow));
      const last = rows.length > limit ? alerts.at(-1) : undefined;
      return { alerts, next: last ? placeText(last.raisedMs, last.alert.id) : null, total: Number(total?.n) };
    },
    outcomes: async (of) => {
      const all = conditionsOf({ ...of, drill: 'none' }, soughtIn);
      const rows = db
        .prepare(`SELECT outcome, count(*) AS n FROM desk JOIN alert ON id = desk.alert
          WHERE outcome IS NOT NULL AND ${all.map(({ sql }) => sql).join(' AND ')} GROUP BY outcome`)
        .all(...all.flatMap(({ values }) => values)) as { outcome: Outcome; n: number }[];
      return Object.fromEntries(rows.map(({ outcome, n }) => [outcome, n]));
    },
  };
}
