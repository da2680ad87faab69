import type { Archive, Chain, Filed } from '../ports/archive.ts';
import type { Spooled } from '../ports/spool.ts';
import { saying } from './archive.sqlite.ts';
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
  return {
    revisions: async (id) =>
      (
        await all(
          `SELECT device, spool, stream, seq, text FROM envelope
           WHERE device = (SELECT device FROM alert WHERE id = $1) AND stream = 'alert' AND position($2 in text) > 0`,
          [id, saying('id', id)],
        )
      ).map(filed),
    ends: async (chain) => {
      const [row] = await all(
        'SELECT min(seq) AS first, max(seq) AS last FROM envelope WHERE device = $1 AND spool = $2 AND stream = $3',
        keys(chain),
      );
      return row?.first == null ? null : { first: Number(row.first), last: Number(row.last) };
    },
    read: async (chain, from, to) =>
      (
        await all(
          `SELECT seq, text FROM envelope
           WHERE device = $1 AND spool = $2 AND stream = $3 AND seq BETWEEN $4 AND $5 ORDER BY seq LIMIT 1000`,
          [...keys(chain), from, to],
        )
      ).map(spooled),
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
