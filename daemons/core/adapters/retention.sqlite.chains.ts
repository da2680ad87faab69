/** Folding of chains in the central SQLite file. */
import type { Chain } from '../ports/archive.ts';
import type { ChainState, DayValue, FoldedPage, Folding, RetentionStore } from '../ports/retention.ts';
import type { Spooled } from '../ports/spool.ts';
import type { RecordsFile } from './records.sqlite.file.ts';

export const chainTables = `
  CREATE TABLE IF NOT EXISTS folding (
    device TEXT, spool TEXT, stream TEXT, pass TEXT, next INTEGER, PRIMARY KEY (device, spool, stream, pass)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS day_value (
    device TEXT, day INTEGER, sensor TEXT, quantity TEXT, unit TEXT, "values" INTEGER, gaps INTEGER, low REAL, high REAL, sum REAL,
    PRIMARY KEY (device, day, sensor, quantity, unit)
  ) WITHOUT ROWID;
`;

export function chainsIn({
  db,
  transaction,
}: RecordsFile): Pick<RetentionStore, 'chains' | 'rows' | 'marks' | 'fold' | 'days'> {
  const q = {
    chains:
      db.prepare(`SELECT p.device, p.spool, p.stream, p.through, coalesce(r.next, 1) AS routine, coalesce(e.next, 1) AS events
      FROM progress AS p
      LEFT JOIN folding AS r ON r.device = p.device AND r.spool = p.spool AND r.stream = p.stream AND r.pass = 'routine'
      LEFT JOIN folding AS e ON e.device = p.device AND e.spool = p.spool AND e.stream = p.stream AND e.pass = 'events'
      WHERE p.stream IN ('event', 'tele') ORDER BY p.device, p.spool, p.stream`),
    rows: db.prepare(`SELECT seq, text, committed_ms AS committedMs FROM envelope
      WHERE device = ? AND spool = ? AND stream = ? AND seq >= ? ORDER BY seq LIMIT ?`),
    marks: db.prepare(`SELECT seq, text FROM envelope WHERE device = ? AND spool = ? AND stream = ? AND seq >= ?
      AND json_extract(text, '$.body.type') IN ('seal', 'line-state') ORDER BY seq LIMIT ?`),
    count: db.prepare(
      'SELECT count(*) AS n FROM envelope WHERE device = ? AND spool = ? AND stream = ? AND seq BETWEEN ? AND ?',
    ),
    drop: db.prepare('DELETE FROM envelope WHERE device = ? AND spool = ? AND stream = ? AND seq BETWEEN ? AND ?'),
    page: db.prepare('INSERT INTO folded VALUES (?, ?, ?, ?, ?, ?, ?)'),
    next: db.prepare('INSERT OR REPLACE INTO folding VALUES (?, ?, ?, ?, ?)'),
    day: db.prepare(`INSERT INTO day_value VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
      "values" = "values" + excluded."values", gaps = gaps + excluded.gaps, sum = sum + excluded.sum,
      low = min(coalesce(low, excluded.low), coalesce(excluded.low, low)),
      high = max(coalesce(high, excluded.high), coalesce(excluded.high, high))`),
    days: db.prepare(
      'SELECT day, sensor, quantity, unit, "values", gaps, low, high, sum FROM day_value WHERE device = ? ORDER BY day, sensor, quantity, unit',
    ),
  };
  const keys = ({ device, spool, stream }: Chain): [string, string, string] => [device, spool, stream];

  return {
    chains: async () =>
      (q.chains.all() as unknown as (ChainState & { routine: number; events: number })[]).map(
        ({ routine, events, ...chain }) => ({ ...chain, next: { routine, events } }),
      ),
    rows: async (chain, from, limit) => q.rows.all(...keys(chain), from, limit) as never,
    marks: async (chain, from, limit) => q.marks.all(...keys(chain), from, limit) as unknown as Spooled[],
    fold: async (chain, { pages, days, pass, next }: Folding) =>
      transaction(() => {
        const isThere = ({ first, last }: FoldedPage): boolean =>
          Number(q.count.get(...keys(chain), first, last)?.n) === last - first + 1;
        if (!pages.every(isThere)) return false;
        for (const { first, last, prev, links } of pages) {
          q.drop.run(...keys(chain), first, last);
          q.page.run(...keys(chain), first, last, prev, links);
        }
        for (const { day, sensor, quantity, unit, values, gaps, low, high, sum } of days)
          q.day.run(chain.device, day, sensor, quantity, unit, values, gaps, low, high, sum);
        q.next.run(...keys(chain), pass, next);
        return true;
      }),
    days: async (device) => q.days.all(device) as unknown as DayValue[],
  };
}
