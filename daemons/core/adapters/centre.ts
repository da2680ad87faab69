/** The central store by its address: a file is SQLite, `postgres://...` is PostgreSQL, whose workers share the devices. */
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import process from 'node:process';
import type { Running } from '../daemon/running.ts';
import { backoff } from '../flow/backoff.ts';
import type { Archive } from '../ports/archive.ts';
import { isFault } from '../ports/fault.ts';
import type { Records } from '../ports/records.ts';
import { alone, type Shares } from '../ports/shares.ts';
import { openPostgresArchive } from './archive.postgres.ts';
import { openSqliteArchive } from './archive.sqlite.ts';
import { connectPostgres, isPostgresUrl, withoutPassword } from './postgres.ts';
import { laySchema, mendChanges } from './records.postgres.schema.ts';
import { openPostgresRecords, recordsOn } from './records.postgres.ts';
import { openRecords } from './records.sqlite.ts';
import { joinShares } from './shares.postgres.ts';

export interface Centre {
  readonly records: Records;
  readonly shares: Shares;
  /** Gives back the shares, then closes the store. */
  close(): Promise<void>;
}

/** Unnoticed death of a worker costs its devices so long without a receipt, in ms; a pause that is longer costs the lease. */
const usualLeaseMs = 6000;
const patience = { firstMs: 500, mostMs: 10_000 };

/** For a reader: no share of the work. Errors: Fault `config`, `absent`; SQLite's own for a file that cannot be opened. */
export const openRecordsAt = (where: string): Promise<Records> =>
  isPostgresUrl(where) ? openPostgresRecords(where) : openRecords(where);

/** What is kept, for a reader of single envelopes. Errors: as `openRecordsAt`; the store must be there. */
export const openArchiveAt = (where: string): Archive =>
  isPostgresUrl(where) ? openPostgresArchive(where) : openSqliteArchive(where);

/**
 * For a worker. Waits for a PostgreSQL that is away until the daemon is stopped, and then gives null. Errors: as
 * `openRecordsAt`.
 */
export async function joinCentre(where: string, ctx: Running, leaseMs = usualLeaseMs): Promise<Centre | null> {
  if (!isPostgresUrl(where)) {
    const records = await openRecords(where);
    return { records, shares: alone, close: () => records.close() };
  }
  const db = connectPostgres(where, { idleInTransactionMs: leaseMs });
  const delays = backoff(patience, Math.random);
  for (let said = false; ; said = true) {
    try {
      await laySchema(db);
      await mendChanges(db);
      break;
    } catch (error) {
      const passes = isFault(error) && error.kind !== 'config';
      if (!passes || ctx.signal.aborted) {
        await db.close();
        if (passes) return null;
        throw error;
      }
      if (!said) ctx.log.warn('the central store does not answer; waiting for it', { reason: error.message });
      await ctx.clock.sleep(delays.next().value, 'store', ctx.signal);
    }
  }
  const worker = `${os.hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const shares = await joinShares(db, { worker, leaseMs, clock: ctx.clock, log: ctx.log });
  ctx.log.info('joined the central store', { worker, records: withoutPassword(where) });
  const records = recordsOn(db, { fence: shares.fence });
  return {
    records,
    shares,
    close: async () => {
      await shares.close();
      await records.close();
    },
  };
}
