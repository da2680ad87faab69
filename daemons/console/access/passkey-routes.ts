/** The first login by a link, and passkeys: to log in with, and to add. */
import type { FastifyInstance } from 'fastify';
import { weakness } from '../../core/access/password.ts';
import { hashOf, newRecoveryCodes, recoveryHash } from '../../core/access/secrets.ts';
import { newTotpSecret, totpStep, totpUri } from '../../core/access/totp.ts';
import type { Account, Invitation } from '../../core/values/account.ts';
import { forAccounts, forAnybody } from './actor.ts';
import { cutOff } from './cut-off.ts';
import { type Entering, requireFresh, wrongLogin } from './enter.ts';
import type { Passkeys } from './passkeys.ts';
import { asked, refused } from './refused.ts';
import { ofInvitation, ofPerson } from './sealed.ts';
import { first, firstLook, passkeyAdd, passkeyLogin } from './shapes.ts';
import { waitFirst } from './waits.ts';

const linkOver = () => refused(404, 'this link is over, or was never given', 'a new link from a supervisor');
const mostKeys = 10;

export function addFirst(app: FastifyInstance, parts: Entering, passkeys: Passkeys): void {
  const { accounts, seals, clock, waits, tell } = parts;

  const invitationOf = async (key: string) => {
    const invitation = await accounts.invitations.read(key);
    const account = invitation && (await accounts.people.read(invitation.account));
    if (!invitation || !account || account.disabled || invitation.untilMs <= clock.now().wallMs) throw linkOver();
    return { invitation, account };
  };

  app.post('/api/first/look', forAnybody, async (request, reply) => {
    const key = hashOf(asked(firstLook, request.body).link);
    const wait = waits.left(null, request.ip);
    if (wait > 0) return waitFirst(request, reply, wait);
    // Counted before it is looked for, and taken back: many at once are counted each.
    waits.wrong(null, request.ip);
    const { invitation, account } = await invitationOf(key);
    waits.right(null, request.ip);
    const secret = newTotpSecret();
    const sealed = seals.seal(secret, ofInvitation(account.id));
    await accounts.invitations.change(key, (one) => [{ ...one, secret: sealed }, null]);
    const why = passkeys.whyNot(request);
    const { id, role, unit, language } = account;
    return {
      ...{ account: { id, role, unit, language }, untilMs: invitation.untilMs },
      totp: { secret, uri: totpUri(secret, id) },
      ...{ passkey: why === null ? await passkeys.creation(request, account) : null, passkeyWhy: why },
    };
  });

  app.post('/api/first', forAnybody, async (request, reply) => {
    const { link, password, code, passkey, language } = asked(first, request.body);
    const key = hashOf(link);
    const wait = waits.hashLeft(null, request.ip);
    if (wait > 0) return waitFirst(request, reply, wait);
    waits.wrong(null, request.ip);
    const { invitation, account } = await invitationOf(key);
    const weak = weakness(password, account.id);
    if (weak) throw refused(400, `the password is too weak: ${weak}`, 'twelve characters or more that nobody guesses');
    if ((code === undefined) === (passkey === undefined))
      throw refused(400, 'one second factor must be given', 'either "code" or "passkey"');
    const totp = code === undefined ? null : appOf(parts, invitation, code);
    const added = passkey ? await passkeys.created(request, passkey, 'first') : null;
    if (!totp && !added)
      throw refused(
        400,
        'the second factor does not hold',
        'the newest code of the app that was just set up, or the passkey once more',
      );
    const hash = await parts.hash(password);
    const recovery = newRecoveryCodes();
    // Used up before anything is set: of two who hold the link, one gets in.
    if (!(await accounts.invitations.change(key, () => [null, true]))) throw linkOver();
    const made = await accounts.people.change(account.id, (one): [Account, Account] => {
      const next = {
        ...{ ...one, password: hash, recovery: recovery.map(recoveryHash), language: language ?? one.language },
        ...{ totp, keys: added ? [added] : [] },
      };
      return [next, next];
    });
    if (!made) throw linkOver();
    waits.right(null, request.ip);
    await cutOff(accounts, account.id);
    await tell(
      account.id,
      'account',
      `${account.id}: set password and ${added ? 'passkey' : 'authenticator app'} by the link of ${invitation.by}`,
    );
    return { me: await parts.enter(request, reply, made, 'one-time link'), recovery };
  });
}

/** The app that was set up, as it is kept; null: the code is not of it. */
function appOf({ seals, clock }: Entering, { account, secret: kept }: Invitation, code: string): Account['totp'] {
  const secret = seals.open(kept ?? '', ofInvitation(account));
  const step = totpStep(secret, code, clock.now().wallMs, 0);
  return step === null ? null : { secret: seals.seal(secret, ofPerson(account)), step };
}

export function addPasskeys(app: FastifyInstance, parts: Entering, passkeys: Passkeys): void {
  const { accounts, clock, sessions, waits, tell } = parts;

  app.post('/api/passkeys/options', forAnybody, async (request) => {
    const why = passkeys.whyNot(request);
    if (why) throw refused(409, why, 'a page at https://<DNS name>');
    return passkeys.question(request);
  });

  app.post('/api/passkeys/login', forAnybody, async (request, reply) => {
    const { response } = asked(passkeyLogin, request.body);
    const wait = waits.left(null, request.ip);
    if (wait > 0) return waitFirst(request, reply, wait);
    waits.wrong(null, request.ip);
    const account = await accounts.people.read(passkeys.claimed(response) ?? '');
    const proven = await passkeys.proven(request, response, account?.keys ?? []);
    if (!account || account.disabled || typeof proven === 'string') {
      if (account) await tell(account.id, 'refused', typeof proven === 'string' ? proven : 'the account is disabled');
      throw wrongLogin();
    }
    await accounts.people.change(account.id, (one) => [
      { ...one, keys: one.keys.map((key) => (key.id === proven.id ? proven : key)) },
      null,
    ]);
    waits.right(null, request.ip);
    return parts.enter(request, reply, account, `passkey ${proven.name}`);
  });

  const own = async (...[request]: Parameters<typeof sessions.known>) => {
    const known = await sessions.known(request);
    if (known?.account && known.session) return { account: known.account, session: known.session };
    throw refused(403, 'a token has no passkeys', 'a login');
  };

  app.post('/api/passkeys/new', forAccounts, async (request) => {
    const why = passkeys.whyNot(request);
    if (why) throw refused(409, why, 'a page at https://<DNS name>');
    const { account, session } = await own(request);
    requireFresh(session, clock.now().wallMs);
    return passkeys.creation(request, account);
  });

  app.post('/api/passkeys', forAccounts, async (request) => {
    const { name, response } = asked(passkeyAdd, request.body);
    const { account, session } = await own(request);
    requireFresh(session, clock.now().wallMs);
    if (account.keys.length >= mostKeys) throw refused(409, `there are ${mostKeys} passkeys`, 'one fewer first');
    const added = await passkeys.created(request, response, name);
    if (!added) throw refused(400, 'the passkey does not hold', 'one that was made for the newest options');
    await accounts.people.change(account.id, (one) => [{ ...one, keys: [...one.keys, added] }, null]);
    await tell(account.id, 'account', `${account.id}: passkey added`);
    return parts.me(request);
  });

  app.delete<{ Params: { key: string } }>('/api/passkeys/:key', forAccounts, async (request) => {
    const { account } = await own(request);
    if (!account.totp && account.keys.length < 2)
      throw refused(409, 'it is the only second factor', 'another passkey first');
    await accounts.people.change(account.id, (one) => [
      { ...one, keys: one.keys.filter(({ id }) => id !== request.params.key) },
      null,
    ]);
    await tell(account.id, 'account', `${account.id}: passkey removed`);
    return parts.me(request);
  });
}
