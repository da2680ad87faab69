/** The central store by its address: a file is SQLite, `postgres://...` is PostgreSQL, whose driver is loaded only then. */
import type { Running } from '../daemon/running.ts';
import type { Archive } from '../ports/archive.ts';
import type { DeskStore } from '../ports/desk.ts';
import type { Records } from '../ports/records.ts';
import { alone, type Shares } from '../ports/shares.ts';
import { openSqliteArchive } from './archive.sqlite.ts';
import { openSqliteDesk } from './desk.sqlite.ts';
import { isPostgresUrl } from './postgres.url.ts';
import { openRecords } from './records.sqlite.ts';

export interface Centre {
  readonly records: Records;
  readonly shares: Shares;
  /** Gives back the shares, then closes the store. */
  close(): Promise<void>;
}

/** Unnoticed death of a worker costs its devices so long without a receipt, in ms; a pause that is longer costs the lease. */
const usualLeaseMs = 6000;

/** For a reader: no share of the work. Errors: Fault `config`, `absent`; SQLite's own for a file that cannot be opened. */
export async function openRecordsAt(where: string): Promise<Records> {
  if (isPostgresUrl(where)) return (await import('./records.postgres.ts')).openPostgresRecords(where);
  return openRecords(where);
}

/** What is kept, for a reader of single envelopes. Errors: as `openRecordsAt`; the store must be there. */
export async function openArchiveAt(where: string): Promise<Archive> {
  if (isPostgresUrl(where)) return (await import('./archive.postgres.ts')).openPostgresArchive(where);
  return openSqliteArchive(where);
}

/** For consoles: what people do with alerts. Errors: as `openRecordsAt`. */
export async function openDeskAt(where: string): Promise<DeskStore> {
  if (isPostgresUrl(where)) return (await import('./desk.postgres.ts')).openPostgresDesk(where);
  return openSqliteDesk(where);
}

/**
 * For a worker. Waits for a PostgreSQL that is away until the daemon is stopped, and then gives null. Errors: as
 * `openRecordsAt`.
 */
export async function joinCentre(where: string, ctx: Running, leaseMs = usualLeaseMs): Promise<Centre | null> {
  if (isPostgresUrl(where)) return (await import('./centre.postgres.ts')).joinPostgres(where, ctx, leaseMs);
  const records = await openRecords(where);
  return { records, shares: alone, close: () => records.close() };
}
