/** How far streams are complete, on PostgreSQL: their rows locked, changed in memory by pure steps, and written back. */
import { noProgress, type Progress, type Range } from '../records/progress.ts';
import type { Stream } from '../values/envelope.ts';
import { bigints, texts } from './postgres.arrays.ts';
import type { Ask, Row } from './postgres.ts';

export interface StreamKey {
  readonly device: string;
  readonly spool: string;
  readonly stream: Stream;
}

/** A row in memory; the transaction that opened it holds its lock. */
export interface Tally extends StreamKey {
  progress: Progress;
  kept: number;
  duplicates: number;
}

export const tallyKey = ({ device, spool, stream }: StreamKey): string => `${device} ${spool} ${stream}`;

const keys = (of: readonly StreamKey[]): readonly Buffer[] => [
  texts(of.map(({ device }) => device)),
  texts(of.map(({ spool }) => spool)),
  texts(of.map(({ stream }) => stream)),
];

/** The rows of these streams, locked until the transaction ends, in one order for all so that nobody waits in a ring. */
export async function openProgress(ask: Ask, streams: readonly StreamKey[]): Promise<Map<string, Tally>> {
  const wanted = new Map(streams.map((one) => [tallyKey(one), one]));
  const tallies = new Map<string, Tally>();
  const lock = async (of: readonly StreamKey[]): Promise<void> => {
    const { rows } = await ask({
      name: 'progress-open',
      text: `SELECT p.* FROM progress p JOIN unnest($1::text[], $2::text[], $3::text[]) AS t (device, spool, stream)
        USING (device, spool, stream) ORDER BY device, spool, stream FOR UPDATE OF p`,
      values: [...keys(of)],
    });
    for (const row of rows) {
      const tally = tallyOf(row);
      tallies.set(tallyKey(tally), tally);
    }
  };
  await lock([...wanted.values()]);
  const fresh = [...wanted].filter(([key]) => !tallies.has(key)).map(([, one]) => one);
  if (fresh.length === 0) return tallies;
  await ask({
    name: 'progress-make',
    text: `INSERT INTO progress SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS t (device, spool, stream)
      ORDER BY device, spool, stream ON CONFLICT DO NOTHING`,
    values: [...keys(fresh)],
  });
  await lock(fresh);
  return tallies;
}

export async function saveProgress(ask: Ask, tallies: ReadonlyMap<string, Tally>): Promise<void> {
  const all = [...tallies.values()];
  await ask({
    name: 'progress-save',
    text: `UPDATE progress p SET top = t.top, through = t.through, beyond = t.beyond, kept = t.kept, duplicates = t.duplicates
      FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[], $8::bigint[])
        AS t (device, spool, stream, top, through, beyond, kept, duplicates)
      WHERE p.device = t.device AND p.spool = t.spool AND p.stream = t.stream`,
    values: [
      ...keys(all),
      bigints(all.map(({ progress }) => progress.top)),
      bigints(all.map(({ progress }) => progress.through)),
      texts(all.map(({ progress }) => JSON.stringify(progress.beyond))),
      bigints(all.map(({ kept }) => kept)),
      bigints(all.map(({ duplicates }) => duplicates)),
    ],
  });
}

/** A stream's progress as it is, without a lock. */
export async function readProgress(ask: Ask, { device, spool, stream }: StreamKey): Promise<Progress> {
  const { rows } = await ask({
    name: 'progress-read',
    text: 'SELECT * FROM progress WHERE device = $1 AND spool = $2 AND stream = $3',
    values: [device, spool, stream],
  });
  const [row] = rows;
  return row ? tallyOf(row).progress : noProgress;
}

export const tallyOf = (row: Row): Tally => ({
  device: String(row.device),
  spool: String(row.spool),
  stream: row.stream as Stream,
  progress: {
    top: Number(row.top),
    through: Number(row.through),
    beyond: JSON.parse(String(row.beyond)) as readonly Range[],
  },
  kept: Number(row.kept),
  duplicates: Number(row.duplicates),
});
