/**
 * Leases of partitions in PostgreSQL. Every worker renews its own and takes a turn (`records/partition.ts`) in one transaction;
 * turns follow each other under an advisory lock. Times are the database's; a worker counts its own on a monotonic clock
 * from before it asked, so it stops earlier than its lease does. What it sends all the same is held up by the fence of
 * `records.postgres.ts`: the number of a lease rises with every new owner.
 */
import type { Clock } from '../ports/clock.ts';
import { isFault } from '../ports/fault.ts';
import type { Log } from '../ports/log.ts';
import type { Shares } from '../ports/shares.ts';
import { type Assignment, assign, type Lease, partitionOf } from '../records/partition.ts';
import { bigints } from './postgres.arrays.ts';
import type { Ask, Postgres } from './postgres.ts';
import type { Fence } from './records.postgres.ts';

export interface SharesOptions {
  /** Unique among all workers at all times. */
  readonly worker: string;
  /** How long what is held stays held without a word; renewed three times as often. */
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Held while a worker takes its turn. */
const turnLock = 0x66_70_6c_65;

export type PostgresShares = Shares & { readonly fence: Fence; readonly owned: readonly number[] };

/** Joins the workers; the first turn is taken when it resolves, or later when the store does not answer. */
export async function joinShares(db: Postgres, options: SharesOptions): Promise<PostgresShares> {
  const { worker, leaseMs, clock, log } = options;
  /** Number of the lease by partition. */
  const epochs = new Map<number, number>();
  const listeners = new Set<Parameters<Shares['onGain']>[0]>();
  const stop = new AbortController();
  let early = new AbortController();
  let validUntilMs = 0;
  const nowMs = (): number => clock.now().monoNs / 1e6;
  /** null while a broker is heard. A change of broker takes less than the lease, and moves nothing. */
  let deafSinceMs: number | null = nowMs();
  const isDeaf = (): boolean => deafSinceMs !== null && nowMs() - deafSinceMs > leaseMs;
  const valid = (): boolean => nowMs() < validUntilMs;

  const turn = async (): Promise<void> => {
    const askedMs = nowMs();
    const before = epochs.size;
    const leaving = (parts: readonly number[]): void => {
      for (const part of parts) epochs.delete(part);
    };
    const held = await db.transaction(async (ask) => {
      if (!isDeaf()) return takeTurn(ask, worker, leaseMs, leaving);
      leaving([...epochs.keys()]);
      await resign(ask, worker);
      return new Map<number, number>();
    });
    const gained = new Set([...held.keys()].filter((part) => epochs.get(part) !== held.get(part)));
    epochs.clear();
    for (const [part, epoch] of held) epochs.set(part, epoch);
    validUntilMs = askedMs + leaseMs;
    if (gained.size === 0 && before === held.size) return;
    log.info('partitions shared anew', { worker, held: held.size, gained: gained.size });
    if (gained.size > 0) for (const listener of listeners) listener((device) => gained.has(partitionOf(device)));
  };
  let trouble = false;
  const turnOrLater = async (): Promise<void> => {
    try {
      await turn();
      trouble = false;
    } catch (error) {
      if (!isFault(error)) throw error;
      if (!trouble)
        log.warn('leases cannot be renewed; what they cover stops when they run out', { reason: error.message });
      trouble = true;
    }
  };
  const keep = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      early = new AbortController();
      await clock.sleep(leaseMs / 3, 'lease', AbortSignal.any([stop.signal, early.signal]));
      if (!stop.signal.aborted) await turnOrLater();
    }
  };
  await turnOrLater();
  const keeping = keep();

  return {
    worker,
    fence: { owner: worker, epochOf: (part) => (valid() ? (epochs.get(part) ?? null) : null) },
    get owned() {
      return valid() ? [...epochs.keys()] : [];
    },
    mine: (device) => valid() && epochs.has(partitionOf(device)),
    onGain: (listener) => void listeners.add(listener),
    hears: (broker) => {
      const wasDeaf = isDeaf();
      deafSinceMs = broker ? null : (deafSinceMs ?? nowMs());
      if (broker && wasDeaf) early.abort();
    },
    close: async () => {
      stop.abort();
      await keeping;
      epochs.clear();
      await db
        .transaction((ask) => resign(ask, worker))
        .catch((error: unknown) => {
          // They run out by themselves.
          if (!isFault(error)) throw error;
        });
    },
  };
}

/** `leaving` is called before partitions are given up, so that nothing more is taken in for them. Gives what is held. */
async function takeTurn(
  ask: Ask,
  worker: string,
  leaseMs: number,
  leaving: (parts: readonly number[]) => void,
): Promise<ReadonlyMap<number, number>> {
  const until = `clock_timestamp() + make_interval(secs => ${leaseMs / 1000})`;
  await ask(`SELECT pg_advisory_xact_lock(${turnLock})`);
  await ask({
    text: `INSERT INTO worker VALUES ($1, ${until}) ON CONFLICT (name) DO UPDATE SET expires = excluded.expires`,
    values: [worker],
  });
  await ask('DELETE FROM worker WHERE expires < clock_timestamp()');
  const alive = (await ask('SELECT name FROM worker')).rows.map(({ name }) => String(name));
  const { rows } = await ask(
    'SELECT part, CASE WHEN expires > clock_timestamp() THEN owner END AS owner FROM lease ORDER BY part',
  );
  const turn: Assignment = assign(worker, alive, rows as unknown as readonly Lease[]);
  leaving(turn.leave);
  if (turn.leave.length > 0) await free(ask, worker, turn.leave);
  await ask({
    text: `UPDATE lease SET expires = ${until} WHERE owner = $1 AND part = ANY ($2::bigint[]) AND expires > clock_timestamp()`,
    values: [worker, bigints(turn.keep)],
  });
  // A lease that ran out may be locked by a commit of its former owner: that one is taken at a later turn.
  await ask({
    text: `UPDATE lease SET owner = $1, epoch = epoch + 1, expires = ${until} WHERE part IN
      (SELECT part FROM lease WHERE part = ANY ($2::bigint[]) AND (owner IS NULL OR expires <= clock_timestamp()) FOR UPDATE SKIP LOCKED)`,
    values: [worker, bigints(turn.take)],
  });
  const held = await ask({
    text: 'SELECT part, epoch FROM lease WHERE owner = $1 AND expires > clock_timestamp()',
    values: [worker],
  });
  return new Map(held.rows.map(({ part, epoch }) => [Number(part), Number(epoch)]));
}

const free = (ask: Ask, worker: string, parts: readonly number[]): Promise<unknown> =>
  ask({
    text: `UPDATE lease SET owner = NULL, expires = '-infinity' WHERE owner = $1 AND part = ANY ($2::bigint[])`,
    values: [worker, bigints(parts)],
  });

async function resign(ask: Ask, worker: string): Promise<void> {
  await ask({ text: `UPDATE lease SET owner = NULL, expires = '-infinity' WHERE owner = $1`, values: [worker] });
  await ask({ text: 'DELETE FROM worker WHERE name = $1', values: [worker] });
}
