/** Login and logout, and what a session says of itself. Every mistake at a login has one answer, and costs the same. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hashPassword, isPassword, weakness } from '../../core/access/password.ts';
import { hashOf, newRecoveryCodes, newSecret, recoveryHash } from '../../core/access/secrets.ts';
import { isCode, totpStep } from '../../core/access/totp.ts';
import { turns } from '../../core/flow/turns.ts';
import { Fault, isFault } from '../../core/ports/fault.ts';
import type { Seals } from '../../core/ports/seals.ts';
import type { Account, Session } from '../../core/values/account.ts';
import { forAccounts, forAnybody } from './actor.ts';
import { cutOff } from './cut-off.ts';
import type { LoginParts } from './parts.ts';
import { asked, refused } from './refused.ts';
import { ofPerson } from './sealed.ts';
import type { Known, Sessions } from './sessions.ts';
import type { Me } from './shapes.ts';
import { keptQuery, languageChange, login, passwordChange, purpose } from './shapes.ts';
import { type Waits, waitFirst } from './waits.ts';

export interface Entering extends LoginParts {
  readonly sessions: Sessions;
  readonly waits: Waits;
  readonly me: (request: FastifyRequest) => Promise<Me>;
  readonly meOf: (request: FastifyRequest, known: Known | null) => Promise<Me>;
  /** One hash at a time: each takes 128 MiB. */
  readonly hash: (password: string) => Promise<string>;
  readonly isPassword: (password: string, kept: string) => Promise<boolean>;
  /** Logs in: a new session, and a browser that is known from now on. */
  readonly enter: (request: FastifyRequest, reply: FastifyReply, account: Account, how: string) => Promise<Me>;
  readonly tell: (
    actor: string,
    what: 'login' | 'refused' | 'logout' | 'purpose' | 'account' | 'token',
    about: string,
  ) => Promise<void>;
}

export const wrongLogin = () =>
  refused(
    401,
    'name, password or code is wrong',
    'all three right; the code is the newest of the app, or a recovery code that was not used',
  );

/** What opens the account later is not made by a page that somebody left open: the login must be newer than this. */
const freshMs = 900_000;

/** Errors: a refusal. */
export function requireFresh(session: Session, nowMs: number): void {
  if (nowMs - session.startedMs > freshMs)
    throw refused(403, 'the login is older than 15 minutes', 'log out and in again, and do it then');
}

/** Hashes in turn, and a hash of nothing for names that are not there. */
export function hashing(cost: number): Pick<Entering, 'hash' | 'isPassword'> & { readonly decoy: Promise<string> } {
  const inTurn = turns();
  const hash = (password: string): Promise<string> => inTurn(() => hashPassword(password, cost));
  return { hash, isPassword: (password, kept) => inTurn(() => isPassword(password, kept)), decoy: hash(newSecret()) };
}

const browserCookie = (secure: boolean): string => (secure ? '__Host-fieldpost-browser' : 'fieldpost-browser');
const browserS = 90 * 86_400;
const mostBrowsers = 8;

export function entering(
  parts: LoginParts,
  sessions: Sessions,
  of: Pick<Entering, 'me' | 'meOf' | 'waits' | 'hash' | 'isPassword'>,
): Entering {
  const { accounts, audit, clock, secure } = parts;
  const tell: Entering['tell'] = async (actor, what, about) => {
    await audit.add({ atMs: clock.now().wallMs, actor, what, alerts: [], purpose: null, case: null, about });
  };
  return {
    ...parts,
    ...of,
    sessions,
    tell,
    enter: async (request, reply, account, how) => {
      await tell(account.id, 'login', how);
      const known = request.cookies[browserCookie(secure)];
      const browser = known && account.browsers.includes(hashOf(known)) ? known : newSecret();
      await accounts.people.change(account.id, (one) => {
        const browsers = [...one.browsers.filter((other) => other !== hashOf(browser)), hashOf(browser)].slice(
          -mostBrowsers,
        );
        return [{ ...one, seenMs: clock.now().wallMs, browsers }, null];
      });
      const options = { path: '/', httpOnly: true, sameSite: 'strict', secure, maxAge: browserS } as const;
      reply.setCookie(browserCookie(secure), browser, options);
      return of.meOf(request, await sessions.begin(request, reply, account));
    },
  };
}

export function addLogin(app: FastifyInstance, parts: Entering & { readonly decoy: Promise<string> }): void {
  const { accounts, clock, sessions, waits, secure, decoy, tell } = parts;

  app.post('/api/login', forAnybody, async (request, reply) => {
    const { name, password, code = '' } = asked(login, request.body);
    const account = await accounts.people.read(name);
    const known = request.cookies[browserCookie(secure)];
    const isKnown = known !== undefined && account?.browsers.includes(hashOf(known));
    const counted = isKnown ? `${name} ${hashOf(known)}` : name;
    const wait = waits.hashLeft(counted, request.ip);
    if (wait > 0) return waitFirst(request, reply, wait);
    waits.wrong(counted, request.ip);
    const usable = account && !account.disabled ? account : null;
    const right = await parts.isPassword(password, usable?.password ?? (await decoy));
    const used = await accounts.people.change(name, (one) =>
      right && usable ? useCode(one, code, clock.now().wallMs, parts.seals) : [one, null],
    );
    if (!usable || !used) {
      if (account)
        await tell(account.id, 'refused', account.disabled ? 'the account is disabled' : 'wrong password or code');
      throw wrongLogin();
    }
    waits.right(counted, request.ip);
    return parts.enter(request, reply, usable, used);
  });

  app.get('/api/kept', forAnybody, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { account: name } = asked(keptQuery, request.query);
    const account = await accounts.people.read(name);
    const browser = request.cookies[browserCookie(secure)];
    // A stranger is told no, whether or not there is such an account.
    const isOf = account && browser !== undefined && account.browsers.includes(hashOf(browser));
    return { keep: isOf === true && !account.disabled && account.password !== null };
  });

  app.post('/api/logout', forAccounts, async (request, reply) => {
    await tell(request.actor.id, 'logout', '');
    await sessions.end(request, reply);
    return { out: true };
  });

  const own = async (request: FastifyRequest) => {
    const known = await sessions.known(request);
    if (known?.account && known.session && known.key !== null)
      return { account: known.account, session: known.session, key: known.key };
    throw refused(403, 'a token has no session', 'a login');
  };

  app.post('/api/purpose', forAccounts, async (request) => {
    const stated = asked(purpose, request.body);
    const { account, key } = await own(request);
    await accounts.sessions.change(key, (one) => [{ ...one, purpose: stated }, null]);
    const { text, case: number } = stated;
    await parts.audit.add({
      ...{
        atMs: clock.now().wallMs,
        actor: account.id,
        what: 'purpose',
        alerts: [],
        purpose: text,
        case: number,
        about: '',
      },
    });
    return { purpose: stated };
  });

  app.post('/api/language', forAccounts, async (request) => {
    const { language } = asked(languageChange, request.body);
    const { account } = await own(request);
    await accounts.people.change(account.id, (one) => [{ ...one, language }, null]);
    return parts.me(request);
  });

  app.post('/api/password', forAccounts, async (request, reply) => {
    const { old, password } = asked(passwordChange, request.body);
    const { account, session, key } = await own(request);
    const wait = waits.hashLeft(account.id, request.ip);
    if (wait > 0) return waitFirst(request, reply, wait);
    const weak = weakness(password, account.id);
    if (weak) throw refused(400, `the password is too weak: ${weak}`, 'twelve characters or more that nobody guesses');
    if (!(await parts.isPassword(old, account.password ?? (await decoy)))) {
      waits.wrong(account.id, request.ip);
      throw refused(403, 'the old password is wrong', 'the password of this account');
    }
    const hash = await parts.hash(password);
    const browser = request.cookies[browserCookie(secure)];
    await accounts.people.change(account.id, (one) => [
      { ...one, password: hash, browsers: browser ? [hashOf(browser)] : [] },
      null,
    ]);
    await cutOff(accounts, account.id);
    await accounts.sessions.add(key, account.id, session);
    await tell(account.id, 'account', `${account.id}: password changed`);
    return parts.me(request);
  });

  app.post('/api/recovery', forAccounts, async (request) => {
    const { account, session } = await own(request);
    requireFresh(session, clock.now().wallMs);
    const recovery = newRecoveryCodes();
    await accounts.people.change(account.id, (one) => [{ ...one, recovery: recovery.map(recoveryHash) }, null]);
    await tell(account.id, 'account', `${account.id}: new recovery codes`);
    return { recovery };
  });
}

/**
 * Uses the second factor up: the account without that code, and what it was; null: it was none. Errors: Fault `config` where it is a code of
 * an app whose secret does not open here; recovery codes and passkeys need no secret.
 */
export function useCode(
  account: Account,
  code: string,
  nowMs: number,
  seals: Seals,
): readonly [Account, string | null] {
  const { totp, recovery } = account;
  const kept = recoveryHash(code);
  if (recovery.includes(kept))
    return [{ ...account, recovery: recovery.filter((one) => one !== kept) }, 'password and recovery code'];
  const step = totp && isCode(code) ? totpStep(secretOf(account.id, totp.secret, seals), code, nowMs, totp.step) : null;
  return totp && step !== null ? [{ ...account, totp: { ...totp, step } }, 'password and code'] : [account, null];
}

function secretOf(account: string, kept: string, seals: Seals): string {
  try {
    return seals.open(kept, ofPerson(account));
  } catch (error) {
    if (!isFault(error)) throw error;
    // Which key and which file is said in the log, and to nobody who asks.
    const why =
      'codes of authenticator apps cannot be checked: the key that their secrets are sealed with is missing or another one';
    throw new Fault('config', `${why}; a passkey or a recovery code works`, error);
  }
}
