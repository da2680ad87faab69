/** The ledger's part in the bench: each envelope counts once, and the box is told what came. Kept in memory and not in a database: nobody has one here. */
import type { Envelope, Stream } from '../../../daemons/core/values/envelope.ts';
import { maxMissing } from '../../../daemons/core/wire/messages.ts';

interface Row {
  readonly came: Set<number>;
  newest: number;
}

export interface Receipt {
  readonly v: 1;
  readonly spool: string;
  readonly stream: Stream;
  readonly through: number;
  readonly missing: readonly number[];
}

export interface Ledger {
  /** False for one that came before: by its key (spool, stream, seq), as the ledger deduplicates. */
  take(envelope: Envelope): boolean;
  /** Of the streams that something came of since the last call. */
  due(): readonly Receipt[];
  /** Numbers below the newest that never came, over all streams. */
  gaps(): number;
}

export function ledger(): Ledger {
  const rows = new Map<string, Row>();
  const owed = new Set<string>();
  const missingOf = ({ came, newest }: Row): readonly number[] => {
    const missing: number[] = [];
    for (let seq = 1; came.size + missing.length < newest && seq < newest; seq++) if (!came.has(seq)) missing.push(seq);
    return missing;
  };
  return {
    take: ({ spool, stream, seq }) => {
      const key = `${spool}/${stream}`;
      const row = rows.get(key) ?? { came: new Set(), newest: 0 };
      rows.set(key, row);
      owed.add(key);
      const before = row.came.size;
      row.came.add(seq);
      row.newest = Math.max(row.newest, seq);
      return row.came.size > before;
    },
    due: () => {
      const all = [...owed].map((key): Receipt => {
        const [spool = '', stream] = key.split('/');
        const row = rows.get(key) ?? { came: new Set(), newest: 0 };
        const missing = missingOf(row);
        const through = missing.length > maxMissing ? (missing[maxMissing] ?? 1) - 1 : row.newest;
        return { v: 1, spool, stream: stream as Stream, through, missing: missing.slice(0, maxMissing) };
      });
      owed.clear();
      return all;
    },
    gaps: () => [...rows.values()].reduce((sum, row) => sum + missingOf(row).length, 0),
  };
}
