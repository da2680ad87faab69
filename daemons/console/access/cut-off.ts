import { hashOf } from '../../core/access/secrets.ts';
import type { Accounts } from '../../core/ports/accounts.ts';

/** Whatever an account has under way ends: its sessions, then the phones that are woken for it, which nobody can switch on without a session. */
export async function cutOff({ sessions, phones }: Accounts, account: string): Promise<void> {
  await sessions.dropOf(account);
  await phones.dropOf(account);
}

/** Phones that were switched on in a session go with it. */
export async function dropPhonesOf({ phones }: Accounts, session: string): Promise<void> {
  for (const one of await phones.all())
    if (one.session === session)
      await phones.change(hashOf(one.endpoint), (row) => [row.session === session ? null : row, null]);
}
