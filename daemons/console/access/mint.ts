/** Accounts and their one-time links: there is no password before its owner sets one. */
import { hashOf, newSecret } from '../../core/access/secrets.ts';
import { firstMs, invitationMs } from '../../core/access/session.ts';
import type { Accounts } from '../../core/ports/accounts.ts';
import type { Account, Role } from '../../core/values/account.ts';
import { cutOff } from './cut-off.ts';

export interface Wanted {
  readonly role: Role;
  readonly unit?: string | null | undefined;
  readonly id?: string | undefined;
  readonly language?: Account['language'] | undefined;
}
export interface Invited {
  readonly account: Account;
  readonly link: string;
  readonly untilMs: number;
}

const prefixes: Readonly<Record<Role, string>> = {
  ...{ technician: 'te', patrol: 'pa', operator: 'op', supervisor: 'su', auditor: 'au' },
};

/** Null: the id is taken. */
export async function addAccount(
  accounts: Accounts,
  { role, unit = null, id, language = 'en' }: Wanted,
  by: string,
  nowMs: number,
): Promise<Invited | null> {
  const taken = new Set((await accounts.people.all()).map((one) => one.id.toLowerCase()));
  let name = id;
  for (let n = 1; name === undefined; n++) if (!taken.has(`${prefixes[role]}-${n}`)) name = `${prefixes[role]}-${n}`;
  // Names that a person could take for each other are not given twice.
  if (taken.has(name.toLowerCase()) || name.toLowerCase() === 'centre' || name.startsWith('token-')) return null;
  const account: Account = {
    ...{ id: name, role, unit, language, password: null, totp: null, keys: [], recovery: [], disabled: false },
    ...{ browsers: [], createdMs: nowMs, createdBy: by, seenMs: null },
  };
  if (!(await accounts.people.add(name, name, account))) return null;
  return { account, ...(await invite(accounts, name, by, nowMs, invitationMs)) };
}

/** A link in place of every earlier one of that account. */
export async function invite(
  accounts: Accounts,
  account: string,
  by: string,
  nowMs: number,
  forMs = invitationMs,
): Promise<{ readonly link: string; readonly untilMs: number }> {
  await accounts.invitations.dropOf(account);
  const [link, untilMs] = [newSecret(), nowMs + forMs];
  await accounts.invitations.add(hashOf(link), account, { account, untilMs, by, secret: null });
  return { link, untilMs };
}

/** Password, factors and sessions go; a new link comes. Null: there is no such account. */
export async function inviteAgain(accounts: Accounts, id: string, by: string, nowMs: number): Promise<Invited | null> {
  const account = await accounts.people.change(id, (one): [Account, Account] => {
    const bare = { ...one, password: null, totp: null, keys: [], recovery: [], browsers: [], disabled: false };
    return [bare, bare];
  });
  if (!account) return null;
  await cutOff(accounts, id);
  return { account, ...(await invite(accounts, id, by, nowMs)) };
}

/** Nobody can log in before somebody did: the console prints a link for the first supervisor. Null: somebody can. */
export async function inviteFirst(accounts: Accounts, nowMs: number): Promise<Invited | null> {
  const people = await accounts.people.all();
  if (people.some(({ password, keys }) => password !== null || keys.length > 0)) return null;
  const waiting = people.find(({ role, disabled }) => role === 'supervisor' && !disabled);
  if (waiting) return { account: waiting, ...(await invite(accounts, waiting.id, 'centre', nowMs, firstMs)) };
  const made = await addAccount(accounts, { role: 'supervisor' }, 'centre', nowMs);
  return made && { ...made, ...(await invite(accounts, made.account.id, 'centre', nowMs, firstMs)) };
}
