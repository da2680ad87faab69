/** A console with a login, on a store of its own with one alert, and people who join it. */
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { openSqliteDesk } from '../../daemons/core/adapters/desk.sqlite.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { alertArrival, sampleAlert } from './alerts.ts';
import { appOn } from './console.ts';
import { callerOf, enrol, handClock, injecting, openLogin } from './login.ts';

export async function loginSite(t: ExecutionContext) {
  const time = handClock();
  const file = path.join(freshFolder(t), 'central.db');
  const login = openLogin(time.clock, false, file);
  const records = await openRecords(file);
  const desk = openSqliteDesk(file);
  await records.commit([alertArrival(sampleAlert('a1'), 1)], time.nowMs());
  const app = await appOn({ access: login.access, records, desk, clock: time.clock });
  t.teardown(() => Promise.all([app.close(), login.store.close(), desk.close(), records.close()]));
  const send = injecting(app);
  const join = (role: Parameters<typeof enrol>[2], unit: string | null = null) =>
    enrol(login, send, role, time.nowMs, unit);
  const logIn = (name: string, password: string, code: string, caller = callerOf(send)) =>
    caller.call('POST', '/api/login', { name, password, code });
  return { ...time, login, app, send, join, logIn };
}
