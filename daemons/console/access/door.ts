/** The login of a console: printed for whoever starts it first, and open where it says so. */
import { usualCost } from '../../core/access/password.ts';
import type { Running } from '../../core/daemon/running.ts';
import type { Accounts } from '../../core/ports/accounts.ts';
import type { Audit } from '../../core/ports/audit.ts';
import type { SealKeys } from '../../core/ports/seals.ts';
import { type ConsoleConfig, reachOf } from '../config.ts';
import type { Access } from './gate.ts';
import { loginAccess } from './login.ts';
import { inviteFirst } from './mint.ts';
import { sealsFor } from './sealed.ts';

/** Prints a link where nobody can log in: good once, and for an hour. */
export async function loginFor(
  config: ConsoleConfig,
  { accounts, audit, keys }: { readonly accounts: Accounts; readonly audit: Audit; readonly keys: SealKeys | null },
  { clock, log }: Running,
  print: (text: string) => void,
): Promise<Access> {
  const reach = reachOf(config);
  const seals = await sealsFor(keys, accounts, log);
  const first = await inviteFirst(accounts, clock.now().wallMs);
  if (first) {
    const place = reach.origins[0] ?? `http://${config.host}:${config.port}`;
    log.info('nobody can log in yet: a link for the first supervisor was printed', { account: first.account.id });
    print(`nobody can log in yet. For the first supervisor, once, within an hour: ${place}/#first=${first.link}\n`);
  }
  return loginAccess({ accounts, audit, seals, clock, log, secure: reach.secure, cost: usualCost });
}
