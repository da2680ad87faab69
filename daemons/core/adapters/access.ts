/** Logins and audit log of the central store by its address, as `centre.ts` has the rest of it. */
import type { Accounts } from '../ports/accounts.ts';
import type { Audit } from '../ports/audit.ts';
import { openSqliteAccess } from './access.sqlite.ts';
import { isPostgresUrl } from './postgres.url.ts';

export interface AccessStore {
  readonly accounts: Accounts;
  readonly audit: Audit;
  close(): Promise<void>;
}

/** Errors: Fault `config`, `absent`; SQLite's own for a file that cannot be opened. */
export async function openAccessAt(where: string): Promise<AccessStore> {
  if (isPostgresUrl(where)) return (await import('./access.postgres.ts')).openPostgresAccess(where);
  return openSqliteAccess(where);
}
