import { statSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openDeskAt, openRecordsAt } from '../../daemons/core/adapters/centre.ts';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import type { AlertRecord } from '../../daemons/core/ports/records.ts';
import { numberOf } from '../../daemons/core/push/message.ts';
import type { Deed } from '../../daemons/core/values/desk.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { openConsole } from '../support/console.ts';
import { triedIn } from '../support/dispatch-room.ts';
import { fieldpost, startFieldpost } from '../support/fieldpost.ts';
import { enrol, openLogin } from '../support/login.ts';
import { overHttp } from '../support/patrol-site.ts';
import { saying } from '../support/push-service.ts';
import { openPushSite } from '../support/push-site.ts';
import { memoryRecords } from '../support/records.memory.ts';

/** A dispatcher as a process, on a store in which phones of red-1 stand; after web push the chain has the page of the duty officer. */
async function room(t: ExecutionContext, sendS = 10) {
  const site = await openPushSite(t);
  const [records, desk] = [await openRecordsAt(site.records), await openDeskAt(site.records)];
  const config = {
    ...{ dwellings: false, origin: 'https://centre.example', sendS, ways: { 'web-push': site.section } },
    units: { 'red-1': { language: 'ru' }, duty: {} },
    flood: { most: 100 },
    rules: [
      {
        name: 'all',
        chain: [
          { unit: 'red-1', way: 'web-push', waitS: 600 },
          { unit: 'duty', way: 'page', waitS: 600 },
        ],
      },
    ],
  };
  const file = site.file('dispatch.yaml', JSON.stringify(config));
  let running: ReturnType<typeof startFieldpost> | null = null;
  t.teardown(async () => {
    running?.kill('SIGKILL');
    await running?.ran;
    await desk.close();
    await records.close();
  });
  let seq = 0;
  return {
    ...site,
    dispatch: async () => {
      running = startFieldpost(['dispatch', '--config', file, '--records', site.records]);
      return running;
    },
    raise: (id: string) => records.commit([alertArrival(sampleAlert(id), ++seq)], Date.now()),
    act: (alert: string, deed: Deed) => desk.act({ alert, by: 'su-1', role: 'supervisor', atMs: Date.now(), deed }),
    until: async (id: string, is: (record: AlertRecord) => boolean): Promise<AlertRecord> => {
      for (;;) {
        const record = await desk.record(id);
        if (record && is(record)) return record;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

const told = 'red-1 web-push 0 sent';
const failed = ['red-1 web-push 0 failed', 'duty page 1 sending'];
const has =
  (...all: readonly string[]) =>
  (record: AlertRecord): boolean =>
    all.every((one) => triedIn(record).includes(one));

test('a call and its end by a real dispatcher: phones of the unit are woken, a service that fails lets the chain go on, who was cut off hears nothing', async (t) => {
  const { service, phone, add, left, dispatch, raise, until, act, withPhones } = await room(t);
  await add(phone('a'), phone('b'), phone('other', { unit: 'red-2' }), phone('over', { untilMs: Date.now() - 1 }));
  await dispatch();
  await raise('first');
  await until('first', has(told));
  t.deepEqual(service.arrived.map(({ name }) => name).sort(), ['a', 'b']);
  t.like(service.arrived[0]?.said, { severity: 'critical', language: 'ru', alert: numberOf('first'), about: 'alert' });
  t.deepEqual(await left(), ['pa-a', 'pa-b', 'pa-other'], 'one whose session is over is forgotten');

  service.misbehave('a', saying(410));
  service.misbehave('b', saying(403, {}, 'no'));
  await raise('second');
  const record = await until('second', has(...failed));
  t.regex(JSON.stringify(record.desk?.told), /none of 2 phones: the push service/);
  t.deepEqual(await left(), ['pa-b', 'pa-other']);

  service.misbehave('b', saying(429, { 'retry-after': '1' }));
  await raise('third');
  await until('third', has(told));
  t.is(service.arrived.at(-1)?.said.alert, numberOf('third'));

  service.misbehave('b', saying(500), saying(500), saying(500));
  await raise('fourth');
  await until('fourth', has(...failed));

  await act('third', { what: 'resolve', outcome: 'not-found', text: '' });
  await until('third', has('red-1 web-push -1 sent'));
  const [call, end] = service.arrived.filter(({ topic }) => topic === service.arrived.at(-1)?.topic);
  t.deepEqual([call?.said.about, end?.said.about], ['alert', 'ended']);

  await withPhones(({ phones }) => phones.dropOf('pa-b'));
  const before = service.asked.length;
  await raise('fifth');
  const last = await until('fifth', has(...failed));
  t.regex(JSON.stringify(last.desk?.told), /no phone of red-1 is switched to be woken/);
  t.is(service.asked.length, before);
  t.deepEqual(service.refusedBy, []);
});

test('a push service that answers nothing or garbage: nobody says that the phone has it, and it is not told twice', async (t) => {
  const { service, phone, add, dispatch, raise, until } = await room(t, 2);
  await add(phone('a'));
  service.misbehave('a', () => {});
  service.misbehave('a', (response) => void response.socket?.end('garbage\r\n\r\n'));
  const running = await dispatch();
  await raise('first');
  while (service.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await raise('second');
  while (service.asked.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  await raise('third');
  await until('third', has(told));
  for (const id of ['first', 'second']) t.true(has('red-1 web-push 0 sending')(await until(id, () => true)), id);
  t.is(service.asked.length, 3);
  running.kill('SIGTERM');
  const { code, out } = await running.ran;
  t.is(code, 0);
  t.notRegex(out, /\/push\/|PRIVATE KEY/);
});

test('from the switch to the lock screen: a patrol switches on at a real console, a dispatcher wakes it; disabled, it hears nothing more', async (t) => {
  const { service, records, dispatch, raise, until } = await room(t);
  const login = openLogin(systemClock(), false, records);
  const server = await openConsole(memoryRecords(), { access: login.access });
  t.teardown(async () => {
    await server.stop();
    await login.store.close();
  });
  const send = overHttp(server.url);
  const patrol = await enrol(login, send, 'patrol', Date.now, 'red-1');
  const supervisor = await enrol(login, send, 'supervisor', Date.now);
  const offered = async (): Promise<string | null> => (await patrol.caller.call('GET', '/api/phones')).body.publicKey;
  t.is(await offered(), null, 'off until a dispatcher has it');
  await dispatch();
  while ((await offered()) === null) await new Promise((resolve) => setTimeout(resolve, 50));
  const answer = await patrol.caller.call('POST', '/api/phones', service.browser('x', (await offered()) ?? ''));
  t.is(answer.status, 200, answer.text);
  await raise('first');
  await until('first', has(told));
  t.is(service.arrived[0]?.said.alert, numberOf('first'));
  await supervisor.caller.call('POST', `/api/accounts/${patrol.name}`, { what: 'disable' });
  await raise('second');
  await until('second', has(...failed));
  t.is(service.asked.length, 1);
  const about = (await login.store.audit.newest({ limit: 10, what: 'account' })).map((one) => one.about);
  t.deepEqual(about.slice(0, 2), [
    `${patrol.name}: disable`,
    `${patrol.name}: a phone is woken through ${service.host}`,
  ]);
});

test('the key is made by a command, for its owner alone, never over another; check reads what turns it on', async (t) => {
  const { folder, section, file } = await openPushSite(t);
  const out = path.join(folder, 'new', 'web-push.pem');
  const made = await fieldpost(['pki', 'push-key', '--out', out]);
  t.is(made.code, 0, made.err);
  t.regex(made.out, /public key B[A-Za-z0-9_-]{86}: browsers get it/);
  t.notRegex(made.out, /PRIVATE/);
  t.is(statSync(out).mode & 0o777, 0o600);
  t.not((await fieldpost(['pki', 'push-key', '--out', out])).code, 0);
  const check = (ways: object, chain: readonly string[]) =>
    fieldpost([
      ...['check', '--dispatch'],
      file(
        'dispatch.yaml',
        JSON.stringify({
          ways,
          units: { 'red-1': {} },
          rules: [{ name: 'all', chain: chain.map((way) => ({ unit: 'red-1', way, waitS: 60 })) }],
        }),
      ),
    ]);
  const good = await check({ 'web-push': { ...section, key: out } }, ['page', 'web-push']);
  t.is(good.code, 0, good.out + good.err);
  t.regex(good.out, /red-1 by page .* -> red-1 by web-push/);
  t.regex((await check({}, ['page', 'web-push'])).err, /is web-push, which is not set up/);
  t.regex((await check({ 'web-push': section }, ['web-push'])).err, /is web-push alone/);
  const { hosts: _, ...bare } = section;
  t.regex((await check({ 'web-push': bare }, ['page', 'web-push'])).err, /web-push\.hosts/);
  t.regex((await check({ 'web-push': { ...section, hosts: ['https://x'] } }, ['page'])).err, /web-push\.hosts\.0/);
});
