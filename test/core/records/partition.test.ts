import test from 'ava';
import fc from 'fast-check';
import { assign, type Lease, partitionOf, partitions } from '../../../daemons/core/records/partition.ts';

const fresh = (count: number): Lease[] => Array.from({ length: count }, (_, part) => ({ part, owner: null }));

/** What the database does at a worker's turn. */
function turn(leases: readonly Lease[], me: string, alive: readonly string[]): Lease[] {
  const { take, leave } = assign(me, alive, leases);
  return leases.map(({ part, owner }) => ({
    part,
    owner: take.includes(part) ? me : leave.includes(part) ? null : owner,
  }));
}

/** Everybody takes turns until nothing moves. */
function settle(leases: readonly Lease[], workers: readonly string[]): Lease[] {
  let now = [...leases];
  for (let round = 0; round < workers.length + 2; round++) for (const me of workers) now = turn(now, me, workers);
  return now;
}

const counts = (leases: readonly Lease[], workers: readonly string[]): number[] =>
  workers.map((me) => leases.filter(({ owner }) => owner === me).length);

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 9 });

test("a turn takes only what is nobody's, and gives up only what is its own", (t) => {
  const owner = fc.option(fc.constantFrom('a', 'b', 'c', 'd'));
  fc.assert(
    fc.property(fc.array(owner, { maxLength: 64 }), fc.subarray(['a', 'b', 'c', 'd']), (owners, alive) => {
      const leases = owners.map((one, part) => ({ part, owner: one }));
      const { keep, take, leave } = assign('a', alive, leases);
      const ownerOf = (part: number): string | null => leases[part]?.owner ?? null;
      t.true(take.every((part) => ownerOf(part) === null));
      t.true([...keep, ...leave].every((part) => ownerOf(part) === 'a'));
      t.is(keep.length + leave.length, leases.filter((one) => one.owner === 'a').length);
      t.is(new Set([...keep, ...take, ...leave]).size, keep.length + take.length + leave.length);
    }),
  );
});

test('every partition gets an owner, and no worker has two more than another', (t) => {
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 64 }), (workers, count) => {
      const leases = settle(fresh(count), workers);
      t.true(leases.every(({ owner }) => owner !== null));
      const held = counts(leases, workers);
      t.true(Math.max(...held) - Math.min(...held) <= 1);
    }),
  );
});

test('workers come, leave and die in any order: what nobody alive owns is taken, and the shares are even again', (t) => {
  const change = fc.record({ who: fc.integer({ min: 0, max: 5 }), how: fc.constantFrom('join', 'leave', 'die') });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      let alive: string[] = ['w0'];
      let leases = settle(fresh(partitions), alive);
      for (const { who, how } of changes) {
        const name = `w${who}`;
        alive = how === 'join' ? [...new Set([...alive, name])] : alive.filter((one) => one !== name);
        // Who leaves gives back, who dies lets it run out: either way it is nobody's.
        if (how !== 'join') leases = leases.map((one) => (one.owner === name ? { ...one, owner: null } : one));
        if (alive.length === 0) continue;
        leases = settle(leases, alive);
        const held = counts(leases, alive);
        t.is(
          held.reduce((sum, one) => sum + one, 0),
          partitions,
        );
        t.true(Math.max(...held) - Math.min(...held) <= 1);
      }
    }),
  );
});

test('a worker that joins moves no more than its share', (t) => {
  const before = settle(fresh(partitions), ['a', 'b', 'c']);
  const after = settle(before, ['a', 'b', 'c', 'd']);
  const moved = after.filter(({ owner }, part) => owner !== before[part]?.owner);
  t.true(moved.length <= Math.ceil(partitions / 4) + 1, `${moved.length} moved`);
});

test('devices spread evenly over the partitions, whatever they are called', (t) => {
  for (const nameOf of [
    (i: number) => `post-${i}`,
    (i: number) => `${i}-north`,
    (i: number) => `box-${i.toString(16).padStart(8, '0')}`,
  ]) {
    const sizes = new Array<number>(partitions).fill(0);
    for (let i = 0; i < 6400; i++) {
      const part = partitionOf(nameOf(i));
      sizes[part] = (sizes[part] ?? 0) + 1;
    }
    t.true(
      Math.min(...sizes) > 40 && Math.max(...sizes) < 180,
      `${Math.min(...sizes)} to ${Math.max(...sizes)} of 100`,
    );
  }
});

test('the partition of a name never changes: two versions of a worker agree', (t) => {
  t.deepEqual(['post-1', 'post-2', 'a', 'north-gate-12'].map(partitionOf), [18, 62, 53, 42]);
});
