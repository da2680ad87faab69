/** Folding of chains in the central PostgreSQL store. */
import type { Chain } from '../ports/archive.ts';
import type { ChainState, DayValue, Folding, RetentionStore } from '../ports/retention.ts';
import { bigints, blobs, doubles, texts } from './postgres.arrays.ts';
import type { Ask, Postgres } from './postgres.ts';

export const chainTables = [
  `CREATE TABLE IF NOT EXISTS folding (
    device text COLLATE "C", spool text COLLATE "C", stream text COLLATE "C", pass text, next bigint NOT NULL,
    PRIMARY KEY (device, spool, stream, pass)
  )`,
  `CREATE TABLE IF NOT EXISTS day_value (
    device text COLLATE "C", day int, sensor text COLLATE "C", quantity text COLLATE "C", unit text COLLATE "C", "values" bigint NOT NULL,
    gaps bigint NOT NULL, low float8, high float8, sum float8 NOT NULL, PRIMARY KEY (device, day, sensor, quantity, unit)
  )`,
];

const keys = ({ device, spool, stream }: Chain): string[] => [device, spool, stream];

export function chainsOn(db: Postgres): Pick<RetentionStore, 'chains' | 'rows' | 'marks' | 'fold' | 'days'> {
  return {
    chains: async () => {
      const { rows } = await db.ask(`SELECT p.device, p.spool, p.stream, p.through,
          coalesce(r.next, 1) AS routine, coalesce(e.next, 1) AS events FROM progress p
        LEFT JOIN folding r ON (r.device, r.spool, r.stream, r.pass) = (p.device, p.spool, p.stream, 'routine')
        LEFT JOIN folding e ON (e.device, e.spool, e.stream, e.pass) = (p.device, p.spool, p.stream, 'events')
        WHERE p.stream IN ('event', 'tele') ORDER BY p.device, p.spool, p.stream`);
      return rows.map(({ device, spool, stream, through, routine, events }) => {
        const next = { routine: Number(routine), events: Number(events) };
        return { device, spool, stream, through: Number(through), next } as ChainState;
      });
    },
    rows: async (chain, from, limit) => {
      const { rows } = await db.ask({
        text: `SELECT seq, text, committed_ms AS ms FROM envelope
          WHERE device = $1 AND spool = $2 AND stream = $3 AND seq >= $4 ORDER BY seq LIMIT $5`,
        values: [...keys(chain), from, limit],
      });
      return rows.map(({ seq, text, ms }) => ({ seq: Number(seq), text: String(text), committedMs: Number(ms) }));
    },
    marks: async (chain, from, limit) => {
      const { rows } = await db.ask({
        text: `SELECT seq, text FROM envelope WHERE device = $1 AND spool = $2 AND stream = $3 AND seq >= $4
          AND text::json #>> '{body,type}' IN ('seal', 'line-state') ORDER BY seq LIMIT $5`,
        values: [...keys(chain), from, limit],
      });
      return rows.map(({ seq, text }) => ({ seq: Number(seq), text: String(text) }));
    },
    fold: (chain, folding) => db.transaction((ask) => fold(ask, chain, folding)),
    days: async (device) => {
      const { rows } = await db.ask({
        text: `SELECT day, sensor, quantity, unit, "values", gaps, low, high, sum FROM day_value WHERE device = $1
          ORDER BY day, sensor, quantity, unit`,
        values: [device],
      });
      return rows.map((row) => ({ ...row, values: Number(row.values), gaps: Number(row.gaps) }) as unknown as DayValue);
    },
  };
}

async function fold(ask: Ask, chain: Chain, { pages, days, pass, next }: Folding): Promise<boolean> {
  // Workers that fold one chain at once go one after another, and the second finds what the first has moved.
  await ask({
    text: 'INSERT INTO folding VALUES ($1, $2, $3, $4, 1) ON CONFLICT DO NOTHING',
    values: [...keys(chain), pass],
  });
  await ask({
    text: 'SELECT 1 FROM folding WHERE device = $1 AND spool = $2 AND stream = $3 FOR UPDATE',
    values: keys(chain),
  });
  const firsts = bigints(pages.map(({ first }) => first));
  const lasts = bigints(pages.map(({ last }) => last));
  const { rows } = await ask({
    text: `SELECT count(*) AS n FROM envelope e JOIN unnest($4::bigint[], $5::bigint[]) AS t (first, last)
      ON e.device = $1 AND e.spool = $2 AND e.stream = $3 AND e.seq BETWEEN t.first AND t.last`,
    values: [...keys(chain), firsts, lasts],
  });
  if (Number(rows[0]?.n) !== pages.reduce((sum, { first, last }) => sum + last - first + 1, 0)) return false;
  await ask({
    text: `DELETE FROM envelope e USING unnest($4::bigint[], $5::bigint[]) AS t (first, last)
      WHERE e.device = $1 AND e.spool = $2 AND e.stream = $3 AND e.seq BETWEEN t.first AND t.last`,
    values: [...keys(chain), firsts, lasts],
  });
  await ask({
    text: `INSERT INTO folded SELECT $1, $2, $3, * FROM unnest($4::bigint[], $5::bigint[], $6::text[], $7::bytea[])`,
    values: [
      ...[...keys(chain), firsts, lasts],
      texts(pages.map(({ prev }) => prev)),
      blobs(pages.map(({ links }) => Buffer.from(links))),
    ],
  });
  await addDays(ask, chain.device, days);
  await ask({
    text: 'UPDATE folding SET next = $5 WHERE device = $1 AND spool = $2 AND stream = $3 AND pass = $4',
    values: [...keys(chain), pass, next],
  });
  return true;
}

/** Of what has no value at all, `low` and `high` are NaN on the way, which no measurement is. */
const addDays = (ask: Ask, device: string, days: readonly DayValue[]): Promise<unknown> =>
  ask({
    text: `INSERT INTO day_value SELECT $1, day, sensor, quantity, unit, n, gaps, nullif(low, 'NaN'), nullif(high, 'NaN'), sum
      FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::float8[], $9::float8[], $10::float8[])
        AS t (day, sensor, quantity, unit, n, gaps, low, high, sum)
      ON CONFLICT (device, day, sensor, quantity, unit) DO UPDATE SET "values" = day_value."values" + excluded."values",
        gaps = day_value.gaps + excluded.gaps, sum = day_value.sum + excluded.sum,
        low = least(day_value.low, excluded.low), high = greatest(day_value.high, excluded.high)`,
    values: [
      device,
      bigints(days.map(({ day }) => day)),
      texts(days.map(({ sensor }) => sensor)),
      texts(days.map(({ quantity }) => quantity)),
      texts(days.map(({ unit }) => unit)),
      bigints(days.map(({ values }) => values)),
      bigints(days.map(({ gaps }) => gaps)),
      doubles(days.map(({ low }) => low ?? Number.NaN)),
      doubles(days.map(({ high }) => high ?? Number.NaN)),
      doubles(days.map(({ sum }) => sum)),
    ],
  });
