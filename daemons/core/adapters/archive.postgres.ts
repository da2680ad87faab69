import type { Archive, Chain, Filed } from '../ports/archive.ts';
import type { Spooled } from '../ports/spool.ts';
import { interleave, pageOf } from '../records/folding.ts';
import { outermost, saying, spoolsQuery } from './archive.sqlite.ts';
import { connectPostgres, type Row } from './postgres.ts';

const filed = ({ device, spool, stream, seq, text }: Row): Filed =>
  ({ device, spool, stream, seq: Number(seq), text }) as Filed;
const spooled = ({ seq, text }: Row): Spooled => ({ seq: Number(seq), text: String(text) });
const keys = ({ device, spool, stream }: Chain): string[] => [device, spool, stream];

/** The records of a centre on PostgreSQL, to be read only. Errors of every call: Fault as `connectPostgres` gives it. */
export function openPostgresArchive(url: string): Archive {
  const { ask, close } = connectPostgres(url);
  const all = async (text: string, values: readonly unknown[]): Promise<readonly Row[]> =>
    (await ask({ text, values })).rows;
  let laid = false;
  /** Whether there are pages: a database that no newer ledger has opened yet has none. */
  const folds = async (): Promise<boolean> => {
    laid ||= (await all("SELECT to_regclass('folded') AS name", []))[0]?.name != null;
    return laid;
  };
  return {
    spools: async (device) => (await all(spoolsQuery('$1', '$1'), [device])).map(({ spool }) => String(spool)),
    revisions: async (id) =>
      (
        await all(
          `SELECT device, spool, stream, seq, text FROM envelope
           WHERE device = (SELECT device FROM alert WHERE id = $1) AND stream = 'alert' AND position($2 in text) > 0`,
          [id, saying('id', id)],
        )
      ).map(filed),
    ends: async (chain) => {
      const of = (first: string, last: string, table: string): Promise<readonly Row[]> =>
        all(
          `SELECT min(${first}) AS first, max(${last}) AS last FROM ${table} WHERE device = $1 AND spool = $2 AND stream = $3`,
          keys(chain),
        );
      const both = [await of('seq', 'seq', 'envelope'), (await folds()) ? await of('first', 'last', 'folded') : []];
      return outermost(both.map(([row]) => row as { first: unknown; last: unknown } | undefined));
    },
    read: async (chain, from, to) => {
      const rows = await all(
        `SELECT seq, text FROM envelope
         WHERE device = $1 AND spool = $2 AND stream = $3 AND seq BETWEEN $4 AND $5 ORDER BY seq LIMIT 1000`,
        [...keys(chain), from, to],
      );
      const pages = (await folds())
        ? await all(
            `SELECT first, last, prev, links FROM folded
             WHERE device = $1 AND spool = $2 AND stream = $3 AND last >= $4 AND first <= $5 ORDER BY last LIMIT 1001`,
            [...keys(chain), from, to],
          )
        : [];
      return interleave(rows.map(spooled), pages.map(pageOf), { from, to, limit: 1000 });
    },
    events: async (device, type, limit) =>
      (
        await all(
          `SELECT device, spool, stream, seq, text FROM envelope
           WHERE device = $1 AND stream = 'event' AND position($2 in text) > 0 ORDER BY spool, seq DESC LIMIT $3`,
          [device, saying('type', type), limit],
        )
      ).map(filed),
    heads: async (device) =>
      (await all('SELECT text FROM head WHERE device = $1', [device])).map(({ text }) => String(text)),
    inForce: async () => [],
    close,
  };
}
