import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Archive, Filed } from '../ports/archive.ts';
import { Fault } from '../ports/fault.ts';
import type { Spooled } from '../ports/spool.ts';
import { interleave, pageOf } from '../records/folding.ts';

/** The records of a centre on SQLite, to be read only. Errors: Fault `absent` where there are none. */
export function openSqliteArchive(file: string): Archive {
  if (!existsSync(file)) throw new Fault('absent', `${file}: there are no records; the store of the ledger is meant`);
  const db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
  // A store that no newer ledger has opened yet has no pages.
  const folds = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'folded'").get() !== undefined;
  const pages = folds
    ? {
        ends: db.prepare(
          'SELECT min(first) AS first, max(last) AS last FROM folded WHERE device = ? AND spool = ? AND stream = ?',
        ),
        read: db.prepare(`SELECT first, last, prev, links FROM folded
          WHERE device = ? AND spool = ? AND stream = ? AND last >= ? AND first <= ? ORDER BY last LIMIT 1001`),
      }
    : null;
  const q = {
    revisions: db.prepare(`SELECT device, spool, stream, seq, text FROM envelope
      WHERE device = (SELECT device FROM alert WHERE id = ?) AND stream = 'alert' AND instr(text, ?) > 0`),
    ends: db.prepare(
      'SELECT min(seq) AS first, max(seq) AS last FROM envelope WHERE device = ? AND spool = ? AND stream = ?',
    ),
    read: db.prepare(`SELECT seq, text FROM envelope
      WHERE device = ? AND spool = ? AND stream = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT 1000`),
    events: db.prepare(`SELECT device, spool, stream, seq, text FROM envelope
      WHERE device = ? AND stream = 'event' AND instr(text, ?) > 0 ORDER BY spool, seq DESC LIMIT ?`),
    heads: db.prepare('SELECT text FROM head WHERE device = ?'),
    spools: db.prepare(spoolsQuery('?', '?')),
  };
  return {
    spools: async (device) => (q.spools.all(device, device) as { spool: string }[]).map(({ spool }) => spool),
    revisions: async (id) => q.revisions.all(id, saying('id', id)) as unknown as Filed[],
    ends: async ({ device, spool, stream }) =>
      outermost([q.ends, pages?.ends].map((query) => query?.get(device, spool, stream) as Ends | undefined)),
    read: async ({ device, spool, stream }, from, to) => {
      const rows = q.read.all(device, spool, stream, from, to) as unknown as Spooled[];
      const folded = pages?.read.all(device, spool, stream, from, to) ?? [];
      return interleave(rows, folded.map(pageOf), { from, to, limit: 1000 });
    },
    events: async (device, type, limit) => q.events.all(device, saying('type', type), limit) as unknown as Filed[],
    heads: async (device) => (q.heads.all(device) as { text: string }[]).map(({ text }) => text),
    inForce: async () => [],
    close: async () => db.close(),
  };
}

/** From one spool to the next along the key: a box has a few, of millions of envelopes. */
export const spoolsQuery = (first: string, next: string): string => `WITH RECURSIVE one(spool) AS (
    SELECT min(spool) FROM envelope WHERE device = ${first}
    UNION ALL
    SELECT (SELECT min(spool) FROM envelope WHERE device = ${next} AND spool > one.spool) FROM one WHERE one.spool IS NOT NULL
  ) SELECT spool FROM one WHERE spool IS NOT NULL LIMIT 100`;

interface Ends {
  readonly first: unknown;
  readonly last: unknown;
}

/** Of what rows hold and of what pages hold. */
export function outermost(both: readonly (Ends | undefined)[]): { first: number; last: number } | null {
  const held = both.filter((one) => one !== undefined && one.first !== null) as readonly Ends[];
  if (held.length === 0) return null;
  return {
    first: Math.min(...held.map(({ first }) => Number(first))),
    last: Math.max(...held.map(({ last }) => Number(last))),
  };
}

/** What a text holds that says this of itself; it may hold it for another reason, so whoever asks looks again. */
export const saying = (field: 'id' | 'type', value: string): string => `"${field}":${JSON.stringify(value)}`;
