/**
 * How several ledger workers share the devices: a device belongs to a partition by its name, a partition to one worker by a
 * lease. Pure; the leases are kept in `adapters/shares.postgres.ts`.
 */

/** Fixed for the life of a store: two workers that counted differently would both think a device theirs. */
export const partitions = 64;

/** FNV-1a of the name, 32 bits, then evenly over the partitions. */
export function partitionOf(device: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < device.length; i++) hash = Math.imul(hash ^ device.charCodeAt(i), 0x01000193);
  // The low bits of FNV-1a alone are those of the last characters: post-1, post-2 and so on would lie side by side.
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 12;
  return (hash >>> 0) % partitions;
}

export interface Lease {
  readonly part: number;
  /** null: nobody's, or its owner let it run out. */
  readonly owner: string | null;
}

export interface Assignment {
  readonly keep: readonly number[];
  readonly take: readonly number[];
  readonly leave: readonly number[];
}

/**
 * What a worker does at its turn, given who is alive and who owns what. Every worker has a quota, the same for all but
 * one; it keeps what it has up to its quota, leaves the rest, and takes what is nobody's. It never takes what another
 * owns, so a partition never has two owners; the quotas add up to all partitions, so none is left over for long. Workers
 * take turns: each sees what the one before did.
 */
export function assign(me: string, alive: readonly string[], leases: readonly Lease[]): Assignment {
  const workers = [...new Set([...alive, me])].sort();
  const rank = workers.indexOf(me);
  const quota = Math.floor(leases.length / workers.length) + (rank < leases.length % workers.length ? 1 : 0);
  const partsOf = (owner: string | null): number[] =>
    leases.filter((lease) => lease.owner === owner).map(({ part }) => part);
  const mine = partsOf(me);
  return {
    keep: mine.slice(0, quota),
    take: partsOf(null).slice(0, Math.max(0, quota - mine.length)),
    leave: mine.slice(quota),
  };
}
