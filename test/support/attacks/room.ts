/** A console with a login that listens, people of every role in it, and a client that says whatever an attacker would. */
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { openFeed } from '../../../daemons/console/feed.ts';
import type { Reach } from '../../../daemons/console/guard.ts';
import { openStreams } from '../../../daemons/console/streams.ts';
import type { Page } from '../../../daemons/console/web/build.ts';
import { openSqliteArchive } from '../../../daemons/core/adapters/archive.sqlite.ts';
import { openSqliteDesk } from '../../../daemons/core/adapters/desk.sqlite.ts';
import { openRecords } from '../../../daemons/core/adapters/records.sqlite.ts';
import { type Role, roles } from '../../../daemons/core/values/account.ts';
import { alertArrival, sampleAlert } from '../alerts.ts';
import { appOn } from '../console.ts';
import { type Caller, callerOf, enrol, handClock, type Login, openLogin, type Send, withPurpose } from '../login.ts';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}
type Person = Awaited<ReturnType<typeof enrol>>;

export interface Room {
  readonly url: string;
  readonly port: number;
  readonly app: FastifyInstance;
  readonly login: Login;
  /** One of each role, logged in; the patrol is of `unit-1`, which `own` was given to, and not `other`. */
  readonly people: Readonly<Record<Role, Person>>;
  readonly own: string;
  readonly other: string;
  readonly pass: (ms: number) => void;
  readonly nowMs: () => number;
  /** A caller without a login. */
  stranger(): Caller;
  /** One more person, for what costs a session. */
  join(role: Role, states?: boolean): Promise<Person>;
  /** Any method, path and header, as they are. */
  ask(
    method: string,
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: string | Buffer,
  ): Promise<Answer>;
  /** Bytes on a socket, and what came back until the other side closed it. */
  bytes(text: string): Promise<string>;
}

export interface RoomOptions {
  readonly folder: string;
  readonly page?: Page;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  readonly proxies?: readonly string[];
}

/** Short, so that a slow request is cut while somebody waits for it. */
const requestMs = 1500;
/** Nothing may keep a caller waiting longer. */
const patienceMs = 10_000;

export async function openRoom(
  { folder, page, tls, proxies = [] }: RoomOptions,
  ends: (() => Promise<unknown>)[],
): Promise<Room> {
  const time = handClock();
  const file = path.join(folder, `${ends.length}.db`);
  const login = openLogin(time.clock, tls !== undefined, file);
  const [records, desk] = [await openRecords(file), openSqliteDesk(file)];
  const archive = await openSqliteArchive(file);
  const alerts = ['own', 'other'].map((id, i) => alertArrival(sampleAlert(id), i + 1));
  await records.commit(alerts, time.nowMs());
  const wish = { by: 'centre', role: 'centre', atMs: time.nowMs(), deed: { what: 'assign', unit: 'unit-1' } } as const;
  await desk.act({ ...wish, alert: 'own' });
  await desk.act({ ...wish, alert: 'other', deed: { what: 'assign', unit: 'unit-2' } });
  const feed = openFeed(records);
  await feed.refresh();
  const streams = openStreams(feed, 'attacked', time.clock);
  const reach: Reach = { origins: tls ? ['https://console.example'] : [], secure: tls !== undefined, proxies };
  const parts = {
    access: login.access,
    records,
    archive,
    desk,
    feed,
    streams,
    clock: time.clock,
    reach,
    requestMs,
    ...(page && { page }),
    ...(tls && { tls }),
  };
  const app = await appOn(parts);
  const scheme = tls ? 'https' : 'http';
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  ends.push(async () => {
    await app.close();
    await Promise.all([login.store.close(), desk.close(), records.close(), archive.close()]);
  });
  const ask: Room['ask'] = (method, at, headers = {}, body) =>
    new Promise((resolve, reject) => {
      const client = tls ? https : http;
      const host = tls ? 'console.example' : `127.0.0.1:${port}`;
      const options = {
        host: '127.0.0.1',
        port,
        method,
        path: at,
        headers: { host, ...headers },
        agent: false,
        rejectUnauthorized: false,
      };
      const request = client.request(options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => void chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() }),
        );
      });
      request.on('error', reject);
      request.setTimeout(patienceMs, () => request.destroy(new Error(`${method} ${at} is not answered`)));
      if (body !== undefined) request.setHeader('content-length', Buffer.byteLength(body));
      request.end(body);
    });
  const send: Send = async (method, at, headers, body) => ask(method, at, headers, body);
  const unitOf = (role: Role): string | null => (role === 'patrol' ? 'unit-1' : null);
  const join = async (role: Role, states = true): Promise<Person> => {
    // Links are looked at three times a second at the most.
    time.pass(2000);
    const person = await enrol(login, send, role, time.nowMs, unitOf(role));
    if (states) await withPurpose(person.caller);
    return person;
  };
  const people = {} as Record<Role, Person>;
  if (proxies.length === 0) for (const role of roles) people[role] = await join(role);
  return {
    ...{ url: `${scheme}://127.0.0.1:${port}`, port, app, login, people, own: 'own', other: 'other', ask, join },
    ...{ pass: (ms: number) => void time.pass(ms), nowMs: time.nowMs, stranger: () => callerOf(send) },
    bytes: (text) =>
      new Promise((resolve) => {
        let said = '';
        const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
        socket.on('data', (chunk) => {
          said += chunk.toString('latin1');
        });
        socket.on('error', () => {});
        socket.setTimeout(patienceMs, () => socket.destroy());
        socket.on('close', () => resolve(said));
      }),
  };
}

/** Passed: null; else what was seen. */
export type Check = (room: Room) => Promise<string | null>;
export type Checks = Readonly<Record<string, Check>>;

/** The first that is wrong. */
export const firstOf = (seen: readonly (string | null)[]): string | null => seen.find((one) => one !== null) ?? null;
export const expected = (what: string, is: unknown, should: unknown): string | null =>
  is === should ? null : `${what}: ${JSON.stringify(is)} and not ${JSON.stringify(should)}`;
export const oneOf = (what: string, is: number, ...should: readonly number[]): string | null =>
  should.includes(is) ? null : `${what}: ${is} and not ${should.join(' or ')}`;

interface Served {
  readonly method: string;
  readonly url: string;
  readonly needs: unknown;
}
/** Every route that is served, with something in the place of its parameters. */
export const servedBy = ({ app }: Room, id = 'x'): readonly Served[] =>
  app.served.flatMap(({ method, url, config }) =>
    [method].flat().map((one) => ({ method: String(one), url: url.replace(/:\w+/g, id), needs: config?.needs })),
  );
export const json = { 'content-type': 'application/json' };
/** What a session sends, so that one part of it can be left out or put into another's. */
export const carried = (caller: Caller): Record<string, string> => ({
  ...json,
  cookie: [...caller.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  'fieldpost-csrf': caller.csrf ?? '',
});
