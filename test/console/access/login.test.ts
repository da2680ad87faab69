import test from 'ava';
import { absoluteMs, idleMs } from '../../../daemons/core/access/session.ts';
import { totpAt } from '../../../daemons/core/access/totp.ts';
import { appOn } from '../../support/console.ts';
import { callerOf, enrol, goodPassword, handClock, injecting, openLogin, withPurpose } from '../../support/login.ts';
import { loginSite } from '../../support/login-site.ts';

test('a link makes a login once: password, authenticator app, ten recovery codes; a second use is refused', async (t) => {
  const { join, send } = await loginSite(t);
  const { caller, link, recovery, name } = await join('operator');
  t.is(recovery.length, 10);
  t.regex(recovery[0] ?? '', /^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
  t.like((await caller.call('GET', '/api/me')).body, {
    ...{ mode: 'login', account: { id: name, role: 'operator' }, factors: { totp: true, recovery: 10 }, first: false },
  });
  const again = callerOf(send);
  t.is((await again.call('POST', '/api/first/look', { link })).status, 404);
  t.is((await again.call('POST', '/api/first', { link, password: goodPassword, code: '000000' })).status, 404);
});

test('a link is over after its time', async (t) => {
  const { join, login, send, nowMs, pass } = await loginSite(t);
  const { caller } = await join('supervisor');
  const made = await caller.call('POST', '/api/accounts', { role: 'auditor' });
  t.is(made.status, 200);
  t.is(login.store.accounts !== null, true);
  const link = String(made.body.link).replace('/#first=', '');
  pass(made.body.untilMs - nowMs() + 1);
  t.is((await callerOf(send).call('POST', '/api/first/look', { link })).status, 404);
});

test('a login asks for all three; what is wrong is not said, and a name that is not there has the same answer', async (t) => {
  const { join, logIn, nowMs, pass } = await loginSite(t);
  const { name, secret } = await join('operator');
  pass(60_000);
  const code = totpAt(secret, nowMs());
  const answers = [
    await logIn(name, 'not the password', code),
    await logIn(name, goodPassword, '123456'),
    await logIn(name, goodPassword, ''),
    await logIn('nobody-1', goodPassword, code),
  ];
  for (const { status, text } of answers) {
    t.is(status, 401);
    t.is(text, answers[0]?.text ?? '');
  }
  t.is((await logIn(name, goodPassword, code)).status, 200);
});

test('a code of the app is good once, and so is a recovery code', async (t) => {
  const { join, logIn, nowMs, pass } = await loginSite(t);
  const { name, secret, recovery } = await join('operator');
  t.is((await logIn(name, goodPassword, totpAt(secret, nowMs()))).status, 401, 'the one of the first login');
  pass(60_000);
  const code = totpAt(secret, nowMs());
  t.is((await logIn(name, goodPassword, code)).status, 200);
  t.is((await logIn(name, goodPassword, code)).status, 401);
  t.is((await logIn(name, goodPassword, (recovery[3] ?? '').toUpperCase())).status, 200);
  t.is((await logIn(name, goodPassword, recovery[3] ?? '')).status, 401);
});

test('of two logins with the same code at the same moment one gets in', async (t) => {
  const { join, logIn, nowMs, pass } = await loginSite(t);
  const { name, secret } = await join('operator');
  pass(60_000);
  const code = totpAt(secret, nowMs());
  const both = await Promise.all([logIn(name, goodPassword, code), logIn(name, goodPassword, code)]);
  t.deepEqual(both.map(({ status }) => status).sort(), [200, 401]);
});

test('a session is new at each login, ends with the one before, after an hour of nothing, and after fourteen hours of anything', async (t) => {
  const { join, logIn, nowMs, pass } = await loginSite(t);
  const { caller, name, secret } = await join('operator');
  const before = caller.cookies.get('fieldpost');
  pass(60_000);
  await logIn(name, goodPassword, totpAt(secret, nowMs()), caller);
  const after = caller.cookies.get('fieldpost');
  t.truthy(after);
  t.not(after, before);
  t.is((await caller.call('GET', '/api/maps')).status, 200);
  t.is((await caller.call('GET', '/api/maps', undefined, { cookie: `fieldpost=${before}` })).status, 401);
  for (let passed = 0; passed < absoluteMs - idleMs; passed += idleMs / 2) {
    pass(idleMs / 2);
    t.is((await caller.call('GET', '/api/maps')).status, 200);
  }
  pass(idleMs / 2);
  t.is((await caller.call('GET', '/api/maps')).status, 200);
  pass(idleMs / 2 + 1);
  t.is((await caller.call('GET', '/api/maps')).status, 401, 'over for good');
});

test('an hour of nothing ends it', async (t) => {
  const { join, pass } = await loginSite(t);
  const { caller } = await join('operator');
  pass(idleMs + 1);
  t.is((await caller.call('GET', '/api/maps')).status, 401);
});

test('the cookie is kept from scripts and other sites; behind TLS it is for this host and TLS alone', async (t) => {
  for (const secure of [false, true]) {
    const time = handClock();
    const login = openLogin(time.clock, secure);
    const reach = { origins: secure ? ['https://console.example'] : [], secure, proxies: [] };
    const app = await appOn({ access: login.access, clock: time.clock, reach });
    t.teardown(() => app.close());
    const send = injecting(app, reach);
    const { caller } = await enrol(login, send, 'operator', time.nowMs);
    t.true(caller.cookies.has(secure ? '__Host-fieldpost' : 'fieldpost'));
    const out = await caller.call('POST', '/api/logout', {});
    t.is(out.status, 200);
    t.regex(
      String(out.headers['set-cookie']),
      secure ? /HttpOnly; Secure; SameSite=Strict/ : /HttpOnly; SameSite=Strict/,
    );
    t.is(out.headers['strict-transport-security'] !== undefined, secure);
    t.is((await caller.call('GET', '/api/maps')).status, 401);
  }
});

test('a write without the word of the session is refused, with a wrong one too', async (t) => {
  const { join } = await loginSite(t);
  const { caller } = await join('operator');
  const good = caller.csrf;
  for (const csrf of [null, 'x', `${good}x`]) {
    caller.csrf = csrf;
    t.is((await caller.call('POST', '/api/alerts/a1/acknowledge', {})).status, 403, String(csrf));
  }
  caller.csrf = good;
  t.is((await caller.call('POST', '/api/alerts/a1/acknowledge', {})).status, 200);
});

test('wrong logins wait longer each time; the wait ends, and whoever logged in here before is not held up by others', async (t) => {
  const { join, logIn, nowMs, pass, send } = await loginSite(t);
  const { caller, name, secret } = await join('operator');
  const stranger = callerOf(send);
  let waits: number[] = [];
  for (let i = 0; i < 30; i++) {
    const answer = await logIn(name, 'wrong', '000000', stranger);
    if (answer.status === 429) {
      waits = [...waits, Number(answer.headers['retry-after'])];
      pass(Number(answer.headers['retry-after']) * 1000);
    }
    if (i === 12) {
      pass(30_000);
      t.is((await logIn(name, goodPassword, totpAt(secret, nowMs()), caller)).status, 200, 'a known browser');
      await logIn(name, 'wrong', '000000', stranger);
    }
  }
  t.true(waits.length > 3);
  t.true((waits.at(-1) ?? 0) > (waits[0] ?? 0));
  t.true(Math.max(...waits) <= 900);
  pass(900_000);
  t.is((await logIn(name, goodPassword, totpAt(secret, nowMs()))).status, 200, 'anybody, once the wait is over');
});

test('looking at alerts asks for a purpose, and each look is in the log with it', async (t) => {
  const { join, login } = await loginSite(t);
  const { caller, name } = await join('operator');
  for (const path of ['/api/state', '/api/stream', '/api/alerts/a1/timeline', '/api/alerts/a1/flights'])
    t.is((await caller.call('GET', path)).status, 428, path);
  t.is((await caller.call('POST', '/api/purpose', { text: '', case: 'C' })).status, 400);
  await withPurpose(caller);
  t.is((await caller.call('GET', '/api/state')).status, 200);
  await caller.call('GET', '/api/alerts/a1/flights');
  const lines = (await login.store.audit.newest({ limit: 10, what: 'view' })).map(
    ({ actor, alerts, purpose, case: number }) => ({ actor, alerts, purpose, number }),
  );
  t.deepEqual(lines, [
    { actor: name, alerts: ['a1'], purpose: 'shift', number: 'C-1' },
    { actor: name, alerts: [], purpose: 'shift', number: 'C-1' },
  ]);
});

test('a technician, who is told no alert, needs no purpose', async (t) => {
  const { join } = await loginSite(t);
  const { caller } = await join('technician');
  t.is((await caller.call('GET', '/api/state')).status, 200);
});

test('a disabled account is out at once and cannot come back; a reset factor ends all sessions too', async (t) => {
  const { join, logIn, nowMs, pass } = await loginSite(t);
  const chief = await join('supervisor');
  const { caller, name, secret } = await join('operator');
  const post = (body: object) => chief.caller.call('POST', `/api/accounts/${name}`, body);
  t.is((await post({ what: 'disable' })).status, 200);
  t.is((await caller.call('GET', '/api/maps')).status, 401);
  pass(60_000);
  t.is((await logIn(name, goodPassword, totpAt(secret, nowMs()))).status, 401);
  await post({ what: 'enable' });
  pass(60_000);
  t.is((await logIn(name, goodPassword, totpAt(secret, nowMs()), caller)).status, 200);
  const reset = await post({ what: 'invite' });
  t.regex(reset.body.link, /^\/#first=/);
  t.is((await caller.call('GET', '/api/maps')).status, 401);
  pass(60_000);
  t.is((await logIn(name, goodPassword, totpAt(secret, nowMs()))).status, 401, 'the old password and app are gone');
});

test('the last supervisor who can log in cannot be shut out', async (t) => {
  const { join } = await loginSite(t);
  const { caller, name } = await join('supervisor');
  for (const body of [{ what: 'disable' }, { what: 'invite' }, { what: 'role', role: 'operator', unit: null }])
    t.is((await caller.call('POST', `/api/accounts/${name}`, body)).status, 409);
});

test('a token does what its list says, until it ends; it makes no tokens and no accounts', async (t) => {
  const { join, send, pass, nowMs } = await loginSite(t);
  const { caller } = await join('supervisor');
  const wanted = { name: 'map', role: 'operator', rights: ['alerts.read'], purpose: { text: 'wall', case: 'W' } };
  const made = await caller.call('POST', '/api/tokens', { ...wanted, untilMs: nowMs() + 1000 });
  t.is(made.status, 200);
  const program = callerOf(send);
  const shown = { authorization: `Bearer ${made.body.secret}` };
  t.is((await program.call('GET', '/api/state', undefined, shown)).status, 200);
  t.is((await program.call('POST', '/api/alerts/a1/acknowledge', {}, shown)).status, 403);
  t.is((await program.call('GET', '/api/accounts', undefined, shown)).status, 403);
  t.is((await program.call('GET', '/api/state', undefined, { authorization: `${shown.authorization}x` })).status, 401);
  for (const right of ['accounts.write', 'tokens.write', 'export.approve', 'alerts.release'])
    t.is(
      (
        await caller.call('POST', '/api/tokens', {
          ...wanted,
          role: 'supervisor',
          rights: [right],
          untilMs: nowMs() + 1000,
        })
      ).status,
      400,
    );
  pass(1000);
  t.is((await program.call('GET', '/api/state', undefined, shown)).status, 401);
});

test('the log can be read by those who answer for it, page by page, and is checked', async (t) => {
  const { join } = await loginSite(t);
  const { caller } = await join('auditor');
  const first = await caller.call('GET', '/api/audit?limit=1');
  t.is(first.body.lines.length, 1);
  const second = await caller.call('GET', `/api/audit?limit=1&before=${first.body.next}`);
  t.is(second.body.lines[0].n, first.body.lines[0].n - 1);
  t.like((await caller.call('GET', '/api/audit/check')).body, { bad: null });
  t.is((await caller.call('GET', '/api/audit?limit=100000')).status, 400);
});
