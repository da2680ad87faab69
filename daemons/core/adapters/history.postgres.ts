/** Alerts of the central store on PostgreSQL, found again by one index that holds all but what people wrote. */
import { type Condition, conditionsOf, placeOf, placeText } from '../desk/conditions.ts';
import { afterAll, askedWords } from '../desk/words.ts';
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

/** So many alerts have a word before it is a frequent one: fewer are gathered first, of more the newest are looked at one by one. */
const usualFrequent = 5000;
const within = 'word >= ? AND word < ?';
const range = (word: string): readonly string[] => [word, afterAll(word)];

const joined = (all: readonly Condition[], into: (where: string) => Condition): Condition => {
  const { sql, values } = into(all.length === 0 ? 'true' : all.map((one) => one.sql).join(' AND '));
  return { sql, values: [...all.flatMap((one) => one.values), ...values] };
};
const asked = (ask: Ask, { sql, values }: Condition) => ask({ text: numbered(sql), values: values.map(held) });
const plainCount = (all: readonly Condition[]): Condition =>
  joined(all, (where) => ({ sql: `SELECT count(*) AS n FROM alert WHERE ${where}`, values: [] }));

async function areFrequent(ask: Ask, words: readonly string[], frequent: number): Promise<boolean> {
  const some = words.map(() => `(SELECT count(*) FROM (SELECT 1 FROM word WHERE ${within} LIMIT ${frequent}) AS few)`);
  const { rows } = await asked(ask, { sql: `SELECT least(${some.join(', ')}) AS n`, values: words.flatMap(range) });
  return Number(rows[0]?.n) >= frequent;
}

/** Looked up for each alert on the way: OFFSET keeps the planner from gathering all that have the word, which is most of them. */
function probed(words: readonly string[], text: string): Condition {
  const each = words.map(() => `EXISTS (SELECT 1 FROM word WHERE word.alert = alert.id AND ${within} OFFSET 0)`);
  return { sql: `(${each.join(' AND ')} OR id = ?)`, values: [...words.flatMap(range), text] };
}

/** Those that have the words, and the one of that id where it has not. Each a join of its own: an OR would gather and sort them all. */
function countOf(own: readonly Condition[], words: readonly string[], text: string): Condition {
  const having = words.map((word) => ({ sql: `id IN (SELECT alert FROM word WHERE ${within})`, values: range(word) }));
  const { sql, values } = probed(words, text);
  const named = {
    sql: `id = ? AND NOT (${sql.slice(1, -' OR id = ?)'.length)})`,
    values: [text, ...values.slice(0, -1)],
  };
  const [a, b] = [plainCount([...own, ...having]), plainCount([...own, named])];
  return { sql: `SELECT (${a.sql}) + (${b.sql}) AS n`, values: [...a.values, ...b.values] };
}

/** `frequent` is another in tests alone. */
export function historyOn(ask: Ask, frequent = usualFrequent): History {
  return {
    search: async (search, { after, limit }) => {
      const words = search.text === undefined ? [] : askedWords(search.text);
      const dense = words.length > 0 && (await areFrequent(ask, words, frequent));
      const own = conditionsOf(dense ? { ...search, text: undefined } : search, columns);
      const all = dense ? [...own, probed(words, search.text ?? '')] : own;
      const place = after === null ? null : placeOf(after);
      const beyond = place ? [{ sql: '(raised_ms, id) < (?, ?)', values: [place.ms, place.id] }] : [];
      // Side by side, on two connections: neither needs the other.
      const [counted, { rows }] = await Promise.all([
        asked(ask, dense ? countOf(own, words, search.text ?? '') : plainCount(all)),
        asked(
          ask,
          joined([...all, ...beyond], (where) => ({
            sql: `WITH page AS (SELECT id FROM alert WHERE ${where} ORDER BY raised_ms DESC, id DESC LIMIT ?)
              ${withDesk} JOIN page USING (id) ORDER BY raised_ms DESC, id DESC`,
            values: [limit + 1],
          })),
        ),
      ]);
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
