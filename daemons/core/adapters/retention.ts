import { existsSync } from 'node:fs';
import { Fault } from '../ports/fault.ts';
import type { RetentionStore } from '../ports/retention.ts';
import { isPostgresUrl } from './postgres.url.ts';

/**
 * The part of the central store that forgets, wherever that store is: a postgres:// address or a file. Errors: Fault
 * `absent` where there is no file, as a mistyped path must not begin a store; else as theirs.
 */
export async function openRetentionAt(records: string): Promise<RetentionStore> {
  if (isPostgresUrl(records)) return (await import('./retention.postgres.ts')).openPostgresRetention(records);
  if (!existsSync(records)) throw new Fault('absent', `${records}: there is no store; the ledger makes it`);
  return (await import('./retention.sqlite.ts')).openRetention(records);
}
