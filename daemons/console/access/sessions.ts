/** Sessions: a random word in a cookie, its hash in the store. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { rightsOf } from '../../core/access/roles.ts';
import { hashOf, newSecret, newTokenId, tokenIn } from '../../core/access/secrets.ts';
import { absoluteMs, isOver, touchMs } from '../../core/access/session.ts';
import type { Account, Session } from '../../core/values/account.ts';
import type { Actor } from './actor.ts';
import { dropPhonesOf } from './cut-off.ts';
import type { LoginParts } from './parts.ts';

/** Who is behind a request, and by what. `key`: of the session in the store. */
export interface Known {
  readonly actor: Actor;
  readonly account: Account | null;
  readonly session: Session | null;
  readonly key: string | null;
}

export interface Sessions {
  /** Null: nobody, or the session is over. */
  known(request: FastifyRequest): Promise<Known | null>;
  /** A new session: whatever the browser had before is over, so that nobody can be made to use a known one. */
  begin(request: FastifyRequest, reply: FastifyReply, account: Account): Promise<Known>;
  end(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

export function openSessions({ accounts, clock, secure }: LoginParts): Sessions {
  const name = secure ? '__Host-fieldpost' : 'fieldpost';
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;
  const keyOf = (request: FastifyRequest): string | null => {
    const secret = request.cookies[name];
    return secret ? hashOf(secret) : null;
  };

  const bySession = async (key: string): Promise<Known | null> => {
    const session = await accounts.sessions.read(key);
    if (!session) return null;
    const nowMs = clock.now().wallMs;
    const account = await accounts.people.read(session.account);
    if (isOver(session, account?.role ?? null, nowMs) || !account || account.disabled) {
      await accounts.sessions.change(key, () => [null, null]);
      return null;
    }
    if (nowMs - session.seenMs > touchMs)
      await accounts.sessions.change(key, (one) => [{ ...one, seenMs: nowMs }, null]);
    return knownBy(account, session, key);
  };

  const byToken = async (header: string): Promise<Known | null> => {
    const shown = tokenIn(header);
    const token = shown && (await accounts.tokens.read(hashOf(`${shown.id}_${shown.secret}`)));
    if (!token || token.untilMs <= clock.now().wallMs) return null;
    const { id, role, unit, site, purpose } = token;
    const rights = rightsOf(role).filter((right) => token.rights.includes(right));
    return {
      actor: { id: `token-${id}`, role, rights, unit, site, session: null, purpose },
      account: null,
      session: null,
      key: null,
    };
  };

  const endBefore = async (key: string): Promise<void> => {
    const over = await accounts.sessions.change(key, (one) => [null, one.name]);
    if (over !== null) await dropPhonesOf(accounts, over);
  };

  return {
    known: async (request) => {
      const { authorization } = request.headers;
      // A token is in no cookie: no page can make a browser send it.
      if (authorization !== undefined) return byToken(authorization);
      const key = keyOf(request);
      return key ? bySession(key) : null;
    },
    begin: async (request, reply, account) => {
      const before = keyOf(request);
      if (before) await endBefore(before);
      const [secret, nowMs] = [newSecret(), clock.now().wallMs];
      const session: Session = {
        ...{ account: account.id, name: newTokenId(), csrf: newSecret(), purpose: null },
        ...{ startedMs: nowMs, seenMs: nowMs },
      };
      await accounts.sessions.add(hashOf(secret), account.id, session);
      // As long as it may last: a phone ends its browser when it needs the memory.
      reply.setCookie(name, secret, { ...options, maxAge: absoluteMs / 1000 });
      return knownBy(account, session, hashOf(secret));
    },
    end: async (request, reply) => {
      const key = keyOf(request);
      if (key) await endBefore(key);
      reply.clearCookie(name, options);
    },
  };
}

function knownBy(account: Account, session: Session, key: string): Known {
  const { id, role, unit } = account;
  const { name, purpose } = session;
  return { actor: { id, role, rights: rightsOf(role), unit, session: name, purpose }, account, session, key };
}
