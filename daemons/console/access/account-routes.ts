/** Accounts, tokens and the audit log, for those who answer for them. */
import type { FastifyInstance } from 'fastify';
import { neverByToken, type Right, rightsOf } from '../../core/access/roles.ts';
import { hashOf, newSecret, newTokenId, tokenText } from '../../core/access/secrets.ts';
import type { Account, Invitation } from '../../core/values/account.ts';
import { needs } from './actor.ts';
import { cutOff } from './cut-off.ts';
import type { Entering } from './enter.ts';
import { addAccount, inviteAgain } from './mint.ts';
import { asked, refused } from './refused.ts';
import { accountChange, accountNew, tokenNew } from './shapes.ts';

export function addAccounts(app: FastifyInstance, { accounts, clock, tell }: Entering): void {
  const writing = needs('accounts.write');
  const nowMs = (): number => clock.now().wallMs;
  const listed = async (account: Account) => {
    const invitations = await accounts.invitations.all();
    return listedOf(
      account,
      invitations.find((one) => one.account === account.id && one.untilMs > nowMs()),
    );
  };
  const linkOf = (link: string): string => `/#first=${link}`;

  app.get('/api/accounts', writing, async () => ({
    accounts: await Promise.all((await accounts.people.all()).map(listed)),
  }));

  app.post('/api/accounts', writing, async (request) => {
    const wanted = asked(accountNew, request.body);
    if (wanted.role === 'patrol' && !wanted.unit)
      throw refused(400, 'a patrol belongs to a unit', '"unit": the name that alerts are assigned to');
    const made = await addAccount(accounts, wanted, request.actor.id, nowMs());
    if (!made) throw refused(409, `${wanted.id} is taken`, 'another id, or none: one is made up then');
    await tell(request.actor.id, 'account', `${made.account.id}: invited as ${made.account.role}`);
    return { account: await listed(made.account), link: linkOf(made.link), untilMs: made.untilMs };
  });

  app.post<{ Params: { account: string } }>('/api/accounts/:account', writing, async (request) => {
    const change = asked(accountChange, request.body);
    const { account: id } = request.params;
    const people = await accounts.people.all();
    const one = people.find((other) => other.id === id);
    if (!one) throw refused(404, 'there is no such account', 'an id of GET /api/accounts');
    const stays = change.what === 'enable' || (change.what === 'role' && change.role === 'supervisor');
    const others = people.some((other) => other.id !== id && isLeading(other));
    if (!stays && isLeading(one) && !others)
      throw refused(
        409,
        `${id} is the last supervisor who can log in`,
        'another supervisor first; or fieldpost accounts on the server',
      );
    if (change.what === 'role' && change.role === 'patrol' && !change.unit)
      throw refused(400, 'a patrol belongs to a unit', '"unit": the name that alerts are assigned to');
    if (change.what === 'invite') {
      const made = await inviteAgain(accounts, id, request.actor.id, nowMs());
      if (!made) throw refused(404, 'there is no such account', 'an id of GET /api/accounts');
      await tell(request.actor.id, 'account', `${id}: password and second factor reset`);
      return { account: await listed(made.account), link: linkOf(made.link), untilMs: made.untilMs };
    }
    const next = await accounts.people.change(id, (row): [Account, Account] => {
      const changed = changedBy(row, change);
      return [changed, changed];
    });
    // What was allowed before is not looked at with the old rights one more time.
    await cutOff(accounts, id);
    if (change.what === 'disable') await accounts.invitations.dropOf(id);
    await tell(request.actor.id, 'account', `${id}: ${change.what}${change.what === 'role' ? ` ${change.role}` : ''}`);
    return { account: await listed(next ?? one), link: null, untilMs: null };
  });
}

type Change = Exclude<ReturnType<typeof accountChange.parse>, { what: 'invite' }>;
const changedBy = (account: Account, change: Change): Account =>
  change.what === 'role'
    ? { ...account, role: change.role, unit: change.unit }
    : { ...account, disabled: change.what === 'disable', browsers: change.what === 'disable' ? [] : account.browsers };

const isLeading = ({ role, disabled, password, keys }: Account): boolean =>
  role === 'supervisor' && !disabled && (password !== null || keys.length > 0);

function listedOf(account: Account, invitation: Invitation | undefined) {
  const { id, role, unit, language, totp, keys, disabled, createdMs, createdBy, seenMs, password } = account;
  const ready = password !== null && (totp !== null || keys.length > 0);
  const state = disabled ? 'disabled' : ready ? 'active' : invitation ? 'invited' : 'no-factor';
  return {
    ...{ id, role, unit, language, state, totp: totp !== null, keys: keys.length, createdMs, createdBy, seenMs },
    invitedMs: invitation?.untilMs ?? null,
  };
}

/** What goes by alerts and boxes, of which each has a site; a search or a shift has none. */
const ofOneSite: readonly Right[] = [
  'alerts.read',
  'alerts.acknowledge',
  'alerts.handle',
  'feeds.read',
  'devices.read',
];
/** A token is good for a year at the most. */
const mostTokenMs = 366 * 86_400_000;

export function addTokens(app: FastifyInstance, { accounts, clock, tell }: Entering): void {
  const writing = needs('tokens.write');

  app.get('/api/tokens', writing, async () => ({ tokens: await accounts.tokens.all() }));

  app.post('/api/tokens', writing, async (request) => {
    const { name, role, rights, unit = null, site = null, purpose, untilMs } = asked(tokenNew, request.body);
    const can = rightsOf(role).filter(
      (one) => !neverByToken.includes(one) && (site === null || ofOneSite.includes(one)),
    );
    const wrong = rights.filter((one) => !can.includes(one));
    if (wrong.length > 0)
      throw refused(
        400,
        `a token of role ${role}${site === null ? '' : ' and one site'} cannot have ${wrong.join(', ')}`,
        can.join(', '),
      );
    if (role === 'patrol' && !unit)
      throw refused(400, 'a patrol belongs to a unit', '"unit": the name that alerts are assigned to');
    const nowMs = clock.now().wallMs;
    if (untilMs <= nowMs || untilMs > nowMs + mostTokenMs)
      throw refused(400, '"untilMs" is past, or more than a year away', 'Unix ms within a year');
    const [id, secret] = [newTokenId(), newSecret()];
    const token = {
      id,
      name,
      role,
      rights,
      unit,
      site,
      purpose,
      untilMs,
      createdMs: nowMs,
      createdBy: request.actor.id,
    };
    await accounts.tokens.add(hashOf(`${id}_${secret}`), id, token);
    await tell(request.actor.id, 'token', `token-${id}: made for ${role}: ${rights.join(', ')}`);
    return { token, secret: tokenText(id, secret) };
  });

  app.delete<{ Params: { token: string } }>('/api/tokens/:token', writing, async (request) => {
    const { token: id } = request.params;
    if (!(await accounts.tokens.all()).some((one) => one.id === id))
      throw refused(404, 'there is no such token', 'an id of GET /api/tokens');
    await accounts.tokens.dropOf(id);
    await tell(request.actor.id, 'token', `token-${id}: ended`);
    return { tokens: await accounts.tokens.all() };
  });
}
