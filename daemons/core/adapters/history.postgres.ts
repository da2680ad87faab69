/** Alerts of the central store on PostgreSQL, found again by one index that holds all but what people wrote. */
import { conditionsOf, placeOf, placeText } from '../desk/conditions.ts';
import type { History } from '../ports/history.ts';
import { storable } from './postgres.arrays.ts';
import type { Ask } from './postgres.ts';
import { alertOf, withDesk } from './records.postgres.ts';

const held = (value: string | number): string | number => (typeof value === 'string' ? storable(value) : value);
const columns = { kind: 'kind', severity: 'severity' };
/** Each `?` as the number of its value. */
const numbered = (sql: string): string => {
  let n = 0;
  return sql.replace(/\?/g, () => `$${++n}`);
};

export function historyOn(ask: Ask): History {
  return {
    search: async (search, { after, limit }) => {
      const all = conditionsOf(search, columns);
      const where = all.length === 0 ? 'true' : all.map(({ sql }) => sql).join(' AND ');
      const values = all.flatMap((one) => one.values).map(held);
      const place = after === null ? null : placeOf(after);
      const counted = await ask({ text: numbered(`SELECT count(*) AS n FROM alert WHERE ${where}`), values });
      const beyond = place ? ' AND (raised_ms, id) < (?, ?)' : '';
      const text = numbered(`WITH page AS (
          SELECT id FROM alert WHERE ${where}${beyond} ORDER BY raised_ms DESC, id DESC LIMIT ?
        ) ${withDesk} JOIN page USING (id) ORDER BY raised_ms DESC, id DESC`);
      const { rows } = await ask({
        text,
        values: [...values, ...(place ? [place.ms, held(place.id)] : []), limit + 1],
      });
      const alerts = rows.slice(0, limit).map(alertOf);
      const last = rows.length > limit ? alerts.at(-1) : undefined;
      return { alerts, next: last ? placeText(last.raisedMs, last.alert.id) : null, total: Number(counted.rows[0]?.n) };
    },
    outcomes: async (of) => {
      const all = conditionsOf({ ...of, drill: 'none' }, columns);
      const { rows } = await ask({
        text: numbered(`SELECT outcome, count(*) AS n FROM desk JOIN alert ON id = desk.alert
          WHERE outcome IS NOT NULL AND ${all.map(({ sql }) => sql).join(' AND ')} GROUP BY outcome`),
        values: all.flatMap(({ values }) => values).map(held),
      });
      return Object.fromEntries(rows.map(({ outcome, n }) => [String(outcome), Number(n)]));
    },
  };
}
