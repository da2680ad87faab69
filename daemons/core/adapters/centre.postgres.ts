/** A worker's place at a central store in PostgreSQL, which several workers share. */
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import process from 'node:process';
import type { Running } from '../daemon/running.ts';
import { backoff } from '../flow/backoff.ts';
import { isFault } from '../ports/fault.ts';
import type { Centre } from './centre.ts';
import { connectPostgres, withoutPassword } from './postgres.ts';
import { laySchema, mendChanges } from './records.postgres.schema.ts';
import { recordsOn } from './records.postgres.ts';
import { joinShares } from './shares.postgres.ts';

const patience = { firstMs: 500, mostMs: 10_000 };

/** Waits for a PostgreSQL that is away until the daemon is stopped, and then gives null. Errors: Fault `config`. */
export async function joinPostgres(where: string, ctx: Running, leaseMs: number): Promise<Centre | null> {
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
