/** A console with a login in memory, and people who log in to it, for tests and checks. */
import { randomBytes } from 'node:crypto';
import { loginAccess } from '../../daemons/console/access/login.ts';
import { addAccount } from '../../daemons/console/access/mint.ts';
import type { Reach } from '../../daemons/console/guard.ts';
import { keyBytes, sealsWith } from '../../daemons/core/access/seals.ts';
import { totpAt } from '../../daemons/core/access/totp.ts';
import { openSqliteAccess } from '../../daemons/core/adapters/access.sqlite.ts';
import type { AccessStore } from '../../daemons/core/adapters/access.ts';
import type { Clock } from '../../daemons/core/ports/clock.ts';
import type { Seals } from '../../daemons/core/ports/seals.ts';
import type { Role } from '../../daemons/core/values/account.ts';
import { keptLog } from './console.ts';

/** A clock that stands until it is moved. */
export function handClock(startMs = 1_800_000_000_000) {
  let ms = startMs;
  const clock: Clock = {
    now: () => ({ wallMs: ms, monoNs: ms * 1e6, boot: 'b', boundMs: 1 }) as never,
    sleep: async () => {},
  };
  return { clock, pass: (more: number) => (ms += more), nowMs: () => ms };
}

/** scrypt at a cost that tests can pay; the usual one is tested by itself. */
const cheap = 10;

export function openLogin(clock: Clock, secure = false, file = ':memory:') {
  const key = randomBytes(keyBytes);
  return loginOn(openSqliteAccess(file), clock, { secure, seals: sealsWith(() => [key]) });
}
export function loginOn(
  store: AccessStore,
  clock: Clock,
  { secure = false, seals }: { secure?: boolean; seals: Seals },
) {
  const access = loginAccess({ ...store, seals, clock, log: keptLog(), secure, cost: cheap });
  return { store, access, seals };
}
export type Login = ReturnType<typeof openLogin>;

export const goodPassword = 'heron walks over wet slate';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the route answers.
  readonly body: any;
  readonly text: string;
}

/** A browser or a program: cookies are kept, the word of the session is sent. */
export interface Caller {
  readonly cookies: Map<string, string>;
  csrf: string | null;
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

export type Send = (
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string | undefined,
) => Promise<{
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}>;

export function callerOf(send: Send): Caller {
  const cookies = new Map<string, string>();
  const caller: Caller = {
    cookies,
    csrf: null,
    call: async (method, path, body, more = {}) => {
      const jar = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = {
        ...(jar && { cookie: jar }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(caller.csrf !== null && { 'fieldpost-csrf': caller.csrf }),
        ...more,
      };
      const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
      const answer = await send(method, path, headers, text);
      keepCookies(cookies, answer.headers['set-cookie']);
      const isJson = String(answer.headers['content-type']).startsWith('application/json');
      const parsed = isJson && answer.text ? JSON.parse(answer.text) : null;
      const csrf = (parsed?.me ?? parsed)?.csrf;
      if (typeof csrf === 'string') caller.csrf = csrf;
      return { ...answer, body: parsed };
    },
  };
  return caller;
}

function keepCookies(cookies: Map<string, string>, set: unknown): void {
  for (const line of [set ?? []].flat().map(String)) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '') cookies.delete(name);
    else cookies.set(name, value);
  }
}

interface Injecting {
  // biome-ignore lint/suspicious/noExplicitAny: fastify's own overloads.
  inject(options: any): PromiseLike<any>;
}
export const injecting =
  (app: Injecting, reach?: Reach): Send =>
  async (method, url, headers, payload) => {
    const host = reach?.origins[0] ? new URL(reach.origins[0]).host : '127.0.0.1';
    const {
      statusCode,
      headers: sent,
      body,
    } = await app.inject({ method, url, payload, headers: { host, ...headers } });
    return { status: statusCode, headers: sent, text: body };
  };

/** Makes an account and takes its link: a caller that is logged in, and what it logs in with. */
export async function enrol(login: Login, send: Send, role: Role, nowMs: () => number, unit: string | null = null) {
  const made = await addAccount(login.store.accounts, { role, unit }, 'centre', nowMs());
  if (!made) throw new Error('taken');
  const caller = callerOf(send);
  const looked = await caller.call('POST', '/api/first/look', { link: made.link });
  const { secret } = looked.body.totp as { secret: string };
  const code = totpAt(secret, nowMs());
  const done = await caller.call('POST', '/api/first', { link: made.link, password: goodPassword, code });
  if (done.status !== 200) throw new Error(done.text);
  return { caller, name: made.account.id, link: made.link, secret, recovery: done.body.recovery as string[] };
}
export const withPurpose = async (caller: Caller): Promise<Caller> => {
  await caller.call('POST', '/api/purpose', { text: 'shift', case: 'C-1' });
  return caller;
};
