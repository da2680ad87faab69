import type { Accounts } from '../../core/ports/accounts.ts';
import type { Audit } from '../../core/ports/audit.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Seals } from '../../core/ports/seals.ts';

/** What the login works with. */
export interface LoginParts {
  readonly accounts: Accounts;
  readonly audit: Audit;
  /** What secrets of authenticator apps are sealed with. */
  readonly seals: Seals;
  readonly clock: Clock;
  readonly log: Log;
  /** The console speaks TLS, or a proxy before it does: cookies are for TLS alone then. */
  readonly secure: boolean;
  /** Power of two of scrypt's N. */
  readonly cost: number;
}
