import { createECDH } from 'node:crypto';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { absoluteMs } from '../../../daemons/core/access/session.ts';
import { offerKey } from '../../../daemons/core/ports/accounts.ts';
import { disableAccount } from '../../../daemons/tools/accounts/accounts.ts';
import { freshFolder } from '../../core/spool/keeping.ts';
import { openConsole } from '../../support/console.ts';
import { type Caller, enrol, handClock, openLogin } from '../../support/login.ts';
import { overHttp } from '../../support/patrol-site.ts';
import { memoryRecords } from '../../support/records.memory.ts';

let n = 0;
const subscription = (host = 'push.example') => ({
  endpoint: `https://${host}/send/${++n}`,
  expirationTime: null,
  keys: { p256dh: createECDH('prime256v1').generateKeys('base64url'), auth: 'A'.repeat(22) },
});

async function room(t: ExecutionContext, isOffered = true) {
  const { clock, pass, nowMs } = handClock();
  const file = path.join(freshFolder(t), 'centre.db');
  const login = openLogin(clock, false, file);
  const server = await openConsole(memoryRecords(), { access: login.access });
  t.teardown(async () => {
    await server.stop();
    await login.store.close();
  });
  const send = overHttp(server.url);
  const { accounts, audit } = login.store;
  if (isOffered) await accounts.offers.add(offerKey, 'x', { publicKey: 'K', hosts: ['push.example'] });
  const patrol = await enrol(login, send, 'patrol', nowMs, 'red-1');
  const supervisor = await enrol(login, send, 'supervisor', nowMs);
  const on = (who: Caller, body: unknown = subscription()) => who.call('POST', '/api/phones', body);
  const phones = async () => (await accounts.phones.all()).map(({ account, endpoint }) => `${account} ${endpoint}`);
  const told = async () => (await audit.newest({ limit: 100, what: 'account' })).map(({ about }) => about);
  return { ...{ login, send, accounts, patrol, supervisor, on, phones, told, pass, nowMs, clock, file } };
}

test('a patrol switches its phone on and off: it is kept for its unit as long as the session, written down, and never told again', async (t) => {
  const { patrol, on, accounts, told, nowMs } = await room(t);
  t.deepEqual((await patrol.caller.call('GET', '/api/phones')).body, { publicKey: 'K' });
  const one = subscription();
  const answer = await on(patrol.caller, one);
  t.is(answer.status, 200, answer.text);
  t.deepEqual(answer.body, { on: true, untilMs: nowMs() + absoluteMs });
  t.notRegex(answer.text, /push\.example/);
  const [kept] = await accounts.phones.all();
  t.like(kept, {
    account: patrol.name,
    unit: 'red-1',
    endpoint: one.endpoint,
    ...one.keys,
    untilMs: nowMs() + absoluteMs,
  });
  t.is((await on(patrol.caller, one)).status, 200);
  t.is((await accounts.phones.all()).length, 1, 'a page says it at each start');
  const off = await patrol.caller.call('POST', '/api/phones/off', { endpoint: one.endpoint });
  t.deepEqual(off.body, { on: false });
  t.deepEqual(await accounts.phones.all(), []);
  t.deepEqual((await told()).slice(0, 2), [
    `${patrol.name}: a phone is woken no more`,
    `${patrol.name}: a phone is woken through push.example`,
  ]);
});

test('who may not: no login, no patrol, a token, no word of the session, another origin; and nobody where it is off', async (t) => {
  const { patrol, supervisor, on, send, phones, nowMs } = await room(t);
  const json = { 'content-type': 'application/json' };
  t.is((await send('POST', '/api/phones', json, JSON.stringify(subscription()))).status, 401);
  t.is((await on(supervisor.caller)).status, 403);
  const wanted = {
    name: 'x',
    role: 'patrol',
    rights: ['alerts.read-own'],
    unit: 'red-1',
    purpose: { text: 'test', case: '1' },
  };
  const made = await supervisor.caller.call('POST', '/api/tokens', { ...wanted, untilMs: nowMs() + 1000 });
  t.is(made.status, 200, made.text);
  const bearer = { authorization: `Bearer ${made.body.secret}`, 'content-type': 'application/json' };
  t.is((await send('POST', '/api/phones', bearer, JSON.stringify(subscription()))).status, 403);
  const cookie = [...patrol.caller.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const bare = { cookie, 'content-type': 'application/json' };
  t.is((await send('POST', '/api/phones', bare, JSON.stringify(subscription()))).status, 403);
  const evil = { origin: 'https://evil.example' };
  t.is((await patrol.caller.call('POST', '/api/phones', subscription(), evil)).status, 403);
  t.deepEqual(await phones(), []);
  const closed = await room(t, false);
  t.deepEqual((await closed.patrol.caller.call('GET', '/api/phones')).body, { publicKey: null });
  t.is((await closed.on(closed.patrol.caller)).status, 409);
});

test('what is no subscription of an allowed push service is refused, and the address is in no answer', async (t) => {
  const { patrol, on, phones } = await room(t);
  const good = subscription();
  const bad: readonly unknown[] = [
    ...[{}, [], 'x', { ...good, endpoint: '' }, { ...good, keys: { ...good.keys, auth: 'AAAA' } }],
    ...[
      { ...good, keys: { ...good.keys, p256dh: 'A'.repeat(87) } },
      { ...good, endpoint: 'http://push.example/x' },
    ],
    ...[
      subscription('evil.example'),
      subscription('169.254.169.254'),
      { ...good, endpoint: `https://push.example/${'x'.repeat(2000)}` },
    ],
  ];
  for (const one of bad.slice(0, 9)) {
    const answer = await on(patrol.caller, one);
    t.is(answer.status, 400, JSON.stringify(one));
    t.notRegex(answer.text, /send\//);
  }
  t.deepEqual(await phones(), []);
});

test('four phones a person, of whom the oldest goes; and not more often than a page asks', async (t) => {
  const { patrol, on, phones, pass } = await room(t);
  const all = Array.from({ length: 6 }, () => subscription());
  for (const one of all) {
    t.is((await on(patrol.caller, one)).status, 200);
    pass(10_000);
  }
  const newest = all.slice(2).map(({ endpoint }) => `${patrol.name} ${endpoint}`);
  t.deepEqual([...(await phones())].sort(), newest.sort());
  const seen = [];
  for (let i = 0; i < 12; i++) seen.push((await on(patrol.caller)).status);
  t.is(seen[0], 200);
  t.is(seen.at(-1), 429);
  pass(5000);
  t.is((await on(patrol.caller)).status, 200);
});

test('whoever is cut off has no phone left: disabled, reset, another role, a new password, logged out, on the server', async (t) => {
  const { login, send, accounts, patrol, supervisor, on, phones, pass, nowMs, file } = await room(t);
  const other = await enrol(login, send, 'patrol', nowMs, 'red-1');
  const stays = subscription();
  await on(other.caller, stays);
  const left = [`${other.name} ${stays.endpoint}`];
  const ways: readonly (readonly [string, (who: typeof patrol) => Promise<unknown>])[] = [
    ['disabled', (who) => supervisor.caller.call('POST', `/api/accounts/${who.name}`, { what: 'disable' })],
    ['reset', (who) => supervisor.caller.call('POST', `/api/accounts/${who.name}`, { what: 'invite' })],
    [
      'role',
      (who) =>
        supervisor.caller.call('POST', `/api/accounts/${who.name}`, { what: 'role', role: 'operator', unit: null }),
    ],
    ['logout', (who) => who.caller.call('POST', '/api/logout', {})],
    ['server', (who) => disableAccount(file, who.name, nowMs())],
  ];
  for (const [name, cut] of ways) {
    pass(600_000);
    const who = await enrol(login, send, 'patrol', nowMs, 'red-1');
    t.is((await on(who.caller)).status, 200, name);
    t.is((await phones()).length, 2, name);
    await cut(who);
    t.deepEqual(await phones(), left, name);
    t.is((await on(who.caller)).status, 401, name);
    t.deepEqual(await phones(), left, name);
  }
  // Somebody else logs in on the same phone: the subscription is theirs.
  await on(patrol.caller, stays);
  t.deepEqual(await phones(), [`${patrol.name} ${stays.endpoint}`]);
  t.is((await accounts.phones.all()).length, 1);
});

test('a session that ends while the phone is being switched on leaves none', async (t) => {
  const { accounts, patrol, on, phones } = await room(t);
  const { add } = accounts.phones;
  Object.assign(accounts.phones, {
    add: async (...row: Parameters<typeof add>) => {
      await accounts.sessions.dropOf(patrol.name);
      return add(...row);
    },
  });
  t.is((await on(patrol.caller)).status, 401);
  t.deepEqual(await phones(), []);
});
