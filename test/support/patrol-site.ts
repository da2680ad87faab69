/** A console with a login, a patrol of a unit and the page of patrols, in a folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildPatrolPage } from '../../daemons/console/patrol-web/build.ts';
import type { Page } from '../../daemons/console/web/build.ts';
import { openArchiveAt, openDeskAt } from '../../daemons/core/adapters/centre.ts';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { Deed } from '../../daemons/core/values/desk.ts';
import { alertArrival, sampleAlert } from './alerts.ts';
import { openConsole } from './console.ts';
import { type Caller, enrol, openLogin, type Send, withPurpose } from './login.ts';

/** Over a real socket. */
export const overHttp =
  (url: string): Send =>
  async (method, to, headers, body) => {
    const answer = await fetch(`${url}${to}`, { method, headers, body: body ?? null, redirect: 'manual' });
    const all = { ...Object.fromEntries(answer.headers), 'set-cookie': answer.headers.getSetCookie() };
    return { status: answer.status, headers: all, text: await answer.text() };
  };

let built: Promise<Page> | null = null;
/** Bundled once for all tests of a file. */
export const patrolPage = (): Promise<Page> => {
  built ??= buildPatrolPage();
  return built;
};

export const unit = 'patrol-3';

export async function openPatrolSite({ radio = 'Channel 4' } = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-patrol-'));
  const file = path.join(folder, 'centre.db');
  const [records, desk, archive] = [await openRecords(file), await openDeskAt(file), await openArchiveAt(file)];
  const login = openLogin(systemClock());
  const parts = { desk, archive, access: login.access, patrol: await patrolPage(), radio, streams: { beatMs: 300 } };
  const server = await openConsole(records, parts);
  await records.birth(
    'north',
    'post-7',
    { simulated: true, where: { lat: 51.1694, lon: 71.4491 }, sensors: [1] },
    Date.now(),
  );
  const send = overHttp(server.url);
  const supervisor = await enrol(login, send, 'supervisor', Date.now);
  const patrol = await enrol(login, send, 'patrol', Date.now, unit);
  await withPurpose(supervisor.caller);
  await withPurpose(patrol.caller);
  let seq = 0;
  const act = async (alert: string, deed: Deed): Promise<void> => {
    const done = await desk.act({ alert, by: 'op-17', role: 'supervisor', atMs: Date.now(), deed });
    if (!done?.act) throw new Error(done?.why ?? 'no such alert');
  };
  return {
    ...{ url: server.url, records, desk, login, supervisor, patrol, act },
    raise: async (id: string, news: Partial<Alert> = {}, to: string = unit) => {
      seq += 1;
      await records.commit([alertArrival(sampleAlert(id, news), seq)], Date.now());
      await act(id, { what: 'assign', unit: to });
    },
    actsOf: (alert: string) => desk.acts(alert),
    stop: async () => {
      await server.stop();
      await archive.close();
      await desk.close();
      await records.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A browser that is logged in as that caller is. */
export const storageOf = ({ cookies }: Caller) => ({
  cookies: [...cookies].map(([name, value]) => ({
    ...{ name, value, domain: '127.0.0.1', path: '/', expires: -1, httpOnly: true, secure: false },
    sameSite: 'Strict' as const,
  })),
  origins: [],
});
