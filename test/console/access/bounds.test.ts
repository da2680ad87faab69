import test from 'ava';
import { totpAt } from '../../../daemons/core/access/totp.ts';
import { callerOf, goodPassword, withPurpose } from '../../support/login.ts';
import { loginSite } from '../../support/login-site.ts';

test('whoever guesses one-time links waits, and holds up nobody else who logs in', async (t) => {
  const { app, join, logIn, nowMs, pass, send } = await loginSite(t);
  const { name, secret } = await join('operator');
  pass(60_000);
  const guess = (n: number) =>
    app.inject({
      ...{ method: 'POST', url: '/api/first/look', headers: { host: '127.0.0.1' }, remoteAddress: '127.0.0.9' },
      payload: { link: String(n).padStart(43, 'x') },
    });
  const codes: number[] = [];
  for (let n = 0; n < 60; n++) codes.push((await guess(n)).statusCode);
  t.deepEqual([...new Set(codes)], [404, 429]);
  t.is((await logIn(name, goodPassword, totpAt(secret, nowMs()), callerOf(send))).status, 200);
});

test('what opens the account later is made by a new login alone: recovery codes and passkeys', async (t) => {
  const { join, pass } = await loginSite(t);
  const { caller } = await join('operator');
  t.is((await caller.call('POST', '/api/recovery', {})).status, 200);
  for (let minutes = 0; minutes < 16; minutes += 4) {
    pass(240_000);
    await caller.call('GET', '/api/me');
  }
  for (const path of ['/api/recovery', '/api/passkeys/new']) {
    const { status, body } = await caller.call('POST', path, {}, { host: 'localhost' });
    t.is(status, 403, path);
    t.is(body.error.code, 'old-login');
  }
  t.is((await caller.call('GET', '/api/maps')).status, 200, 'all else goes on');
});

test('an export is asked for and approved by people who said why: its lines in the log have purpose and case', async (t) => {
  const { join, login } = await loginSite(t);
  const [asks, approves] = [(await join('operator')).caller, (await join('supervisor')).caller];
  const body = { format: 'csv', ids: ['a1'] };
  t.is((await asks.call('POST', '/api/exports', body)).status, 428);
  t.is((await approves.call('POST', '/api/exports/x/approve', {})).status, 428);
  await withPurpose(asks);
  const one = await asks.call('POST', '/api/exports', body);
  t.is(one.status, 200);
  t.like((await login.store.audit.newest({ what: 'export', limit: 1 }))[0], { purpose: 'shift', case: 'C-1' });
});
