/** The access with a login: accounts, sessions, tokens, and the audit log of who looked at what. */
import type { FastifyRequest } from 'fastify';
import { addAccounts, addTokens } from './account-routes.ts';
import { addAudit } from './audit-routes.ts';
import { addLogin, entering, hashing } from './enter.ts';
import type { Access } from './gate.ts';
import type { LoginParts } from './parts.ts';
import { addFirst, addPasskeys } from './passkey-routes.ts';
import { openPasskeys } from './passkeys.ts';
import { addPhones } from './phone-routes.ts';
import { type Known, openSessions } from './sessions.ts';
import type { Me } from './shapes.ts';
import { openWaits } from './waits.ts';

/** The same look again within this time is the same look. */
const sameLookMs = 600_000;
const mostLooks = 50_000;

export function loginAccess(parts: LoginParts): Access {
  const { accounts, audit, clock, secure } = parts;
  const sessions = openSessions(parts);
  const passkeys = openPasskeys(clock, secure);
  const { decoy, ...hashes } = hashing(parts.cost);
  /** Looks that were written down, by when. */
  const looks = new Map<string, number>();
  const isNewLook = (key: string, nowMs: number): boolean => {
    if ((looks.get(key) ?? Number.NEGATIVE_INFINITY) > nowMs - sameLookMs) return false;
    looks.delete(key);
    for (const oldest of looks.keys()) {
      if (looks.size < mostLooks) break;
      looks.delete(oldest);
    }
    return true;
  };

  const meOf = async (request: FastifyRequest, known: Known | null): Promise<Me> => {
    const account = known?.account ?? null;
    const why = passkeys.whyNot(request);
    return {
      mode: 'login',
      account: account && { id: account.id, role: account.role, unit: account.unit, language: account.language },
      ...{ rights: [...(known?.actor.rights ?? [])], csrf: known?.session?.csrf ?? null },
      purpose: known?.actor.purpose ?? null,
      factors: {
        ...{ passkeys: { possible: why === null, why }, totp: account?.totp != null },
        keys: (account?.keys ?? []).map(({ id, name, addedMs, usedMs }) => ({ id, name, addedMs, usedMs })),
        recovery: account?.recovery.length ?? 0,
      },
      first:
        known === null &&
        (await accounts.people.all()).every(({ password, keys }) => password === null && keys.length === 0),
    };
  };

  const me = async (request: FastifyRequest): Promise<Me> => meOf(request, await sessions.known(request));

  return {
    mode: 'login',
    me,
    identify: async (request) => {
      const known = await sessions.known(request);
      return known && { actor: known.actor, csrf: known.session?.csrf ?? null };
    },
    record: async (actor, what, alerts, about) => {
      const nowMs = clock.now().wallMs;
      const { purpose, session } = actor;
      const key = JSON.stringify([session ?? actor.id, purpose, alerts, about]);
      if (what === 'view' && !isNewLook(key, nowMs)) return;
      await audit.add({
        ...{ atMs: nowMs, actor: actor.id, what, alerts, about },
        ...{ purpose: purpose?.text ?? null, case: purpose?.case ?? null },
      });
      if (what === 'view') looks.set(key, nowMs);
    },
    addRoutes: (app) => {
      const all = { ...entering(parts, sessions, { me, meOf, waits: openWaits(clock), ...hashes }), decoy };
      addLogin(app, all);
      addFirst(app, all, passkeys);
      addPasskeys(app, all, passkeys);
      addAccounts(app, all);
      addTokens(app, all);
      addPhones(app, all);
      addAudit(app, audit);
    },
  };
}
