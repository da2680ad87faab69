import test, { type ExecutionContext } from 'ava';
import pg from 'pg';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { connectPostgres } from '../../../daemons/core/adapters/postgres.ts';
import { laySchema } from '../../../daemons/core/adapters/records.postgres.schema.ts';
import { openPostgresRecords, recordsOn } from '../../../daemons/core/adapters/records.postgres.ts';
import { joinShares } from '../../../daemons/core/adapters/shares.postgres.ts';
import { Fault, isFault } from '../../../daemons/core/ports/fault.ts';
import type { Outcome, Records } from '../../../daemons/core/ports/records.ts';
import { partitionOf, partitions } from '../../../daemons/core/records/partition.ts';
import { arrivalOf } from '../../support/arrivals.ts';
import { needs } from '../../support/needs.ts';
import { startPostgres } from '../../support/postgres.ts';
import { until } from '../spool/keeping.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** `silent`: it takes one turn and never another, as a process that is stopped. */
async function worker(url: string, name: string, { leaseMs = 1500, silent = false } = {}) {
  const db = connectPostgres(url, { idleInTransactionMs: leaseMs });
  await laySchema(db);
  const clock = systemClock();
  const never = { ...clock, sleep: () => new Promise<void>(() => {}) };
  const shares = await joinShares(db, { worker: name, leaseMs, clock: silent ? never : clock, log: quiet });
  shares.hears(true);
  const records = recordsOn(db, { fence: shares.fence });
  const leave = async (): Promise<void> => {
    if (!silent) await shares.close();
    await records.close();
  };
  return { db, shares, records, leave };
}

/** As the ledger does: a lease that lapsed on a slow machine comes back. */
async function commit(records: Records, seq: number): Promise<readonly Outcome[]> {
  for (;;) {
    try {
      return await records.commit([arrivalOf({ seq })], 0);
    } catch (error) {
      if (!isFault(error) || error.kind !== 'refused') throw error;
    }
  }
}

const server = needs('initdb', 'the shares of several ledger workers') ? await startPostgres() : null;

if (server) {
  test.after.always(server.close);
  const join = async (t: ExecutionContext, url: string, name: string, options = {}) => {
    const one = await worker(url, name, options);
    t.teardown(one.leave);
    return one;
  };

  test('workers that come and leave share all partitions evenly, and at no moment do two hold the same', async (t) => {
    const url = await server.space('even');
    const [a, b] = [await worker(url, 'a'), await join(t, url, 'b')];
    const c = await join(t, url, 'c');
    const all = [a, b, c];
    let overlaps = 0;
    const watch = setInterval(() => {
      const held = all.flatMap(({ shares }) => shares.owned);
      if (new Set(held).size < held.length) overlaps += 1;
    }, 2);
    t.teardown(() => clearInterval(watch));
    const sizes = (): number[] => all.map(({ shares }) => shares.owned.length);
    await until(() => Math.min(...sizes()) >= 21 && sizes().reduce((x, y) => x + y) === partitions);
    await a.leave();
    await until(() => sizes().reduce((x, y) => x + y) === partitions && b.shares.owned.length === 32);
    t.is(overlaps, 0);
  });

  test('a worker is told of the devices that came to it', async (t) => {
    const url = await server.space('gain');
    const a = await worker(url, 'a');
    const b = await join(t, url, 'b');
    const gained = new Set<string>();
    const names = Array.from({ length: 200 }, (_, i) => `post-${i}`);
    b.shares.onGain((came) => {
      for (const name of names.filter(came)) gained.add(name);
    });
    await a.leave();
    await until(() => b.shares.owned.length === partitions);
    await until(() => gained.size > 0);
    t.true([...gained].every((name) => b.shares.mine(name)));
  });

  test('who slept through a lease keeps nothing, whatever it believes, and whoever has it keeps its own', async (t) => {
    const url = await server.space('fence');
    const a = await join(t, url, 'a', { silent: true, leaseMs: 8000 });
    await commit(a.records, 1);
    const part = partitionOf('post-7');
    const epoch = a.shares.fence.epochOf(part);
    const b = await join(t, url, 'b');
    await until(() => b.shares.mine('post-7'));
    const sleeper = connectPostgres(url);
    const late = recordsOn(sleeper, { fence: { owner: 'a', epochOf: () => epoch } });
    const error = await t.throwsAsync(late.commit([arrivalOf({ seq: 2 })], 0), { instanceOf: Fault });
    t.is(error?.kind, 'refused');
    t.regex(error?.message ?? '', new RegExp(`partition ${part} is lost`));
    await t.throwsAsync(late.status('north', 'post-7', { status: 'offline', boot: '' }, 0), { instanceOf: Fault });
    t.is((await late.counts()).envelopes, 1);
    t.deepEqual(await commit(b.records, 2), ['new']);
    t.is((b.shares.fence.epochOf(part) ?? 0) > (epoch ?? 0), true);
    await late.close();
  });

  test('a lease under a commit does not change its owner before the commit has ended', async (t) => {
    const url = await server.space('busy');
    await join(t, url, 'a', { silent: true });
    const part = partitionOf('post-7');
    const slow = new pg.Client(url);
    await slow.connect();
    await slow.query('BEGIN');
    await slow.query('SELECT 1 FROM lease WHERE part = $1 FOR SHARE', [part]);
    const b = await join(t, url, 'b');
    await until(() => b.shares.owned.length === partitions - 1);
    t.false(b.shares.mine('post-7'));
    await slow.query('COMMIT');
    await slow.end();
    await until(() => b.shares.mine('post-7'));
    t.is(b.shares.owned.length, partitions);
  });

  test('a worker whose store is away holds nothing any more, and takes up again by itself', async (t) => {
    const own = await startPostgres();
    t.teardown(own.close);
    const url = await own.database('away');
    const a = await join(t, url, 'a');
    t.true(a.shares.mine('post-7'));
    await own.stop('SIGKILL');
    await until(() => !a.shares.mine('post-7'));
    await own.start();
    await until(() => a.shares.mine('post-7'));
    t.deepEqual(await commit(a.records, 1), ['new']);
  });

  test('a worker that hears no broker gives back what it holds, and takes part again when it hears one', async (t) => {
    const url = await server.space('deaf');
    const [a, b] = [await join(t, url, 'a'), await join(t, url, 'b')];
    await until(() => a.shares.owned.length === 32 && b.shares.owned.length === 32);
    a.shares.hears(false);
    await until(() => a.shares.owned.length === 0 && b.shares.owned.length === partitions);
    a.shares.hears(true);
    await until(() => a.shares.owned.length === 32 && b.shares.owned.length === 32);
    t.pass();
  });

  test('a reader without a share reads everything', async (t) => {
    const url = await server.space('reader');
    const a = await join(t, url, 'a');
    await commit(a.records, 1);
    const reader = await openPostgresRecords(url);
    // A transaction of another test may hold the newest back for a while.
    await until(async () => (await reader.changes(0, 9)).alerts.length === 1);
    t.is((await reader.counts()).envelopes, 1);
    await reader.close();
  });
} else test('skipped', (t) => t.pass());
