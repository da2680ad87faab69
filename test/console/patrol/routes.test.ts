import test from 'ava';
import type { CallCard } from '../../../daemons/console/patrol/card.ts';
import { callerOf } from '../../support/login.ts';
import { openPatrolSite, overHttp } from '../../support/patrol-site.ts';

test('the call card is told to the unit that has the alert, written down as a look, and is not there for another', async (t) => {
  const site = await openPatrolSite();
  t.teardown(site.stop);
  await site.raise('a1');
  await site.raise('a2', {}, 'patrol-9');
  const { caller } = site.patrol;
  const card = (await caller.call('GET', '/api/alerts/a1/call')).body as CallCard;
  t.deepEqual([card.alert, card.marks, card.peak?.value, card.noApproach], ['a1', ['simulated'], 18.42, 'no-wind']);
  t.is((await caller.call('GET', '/api/alerts/a2/call')).status, 404);
  t.is((await caller.call('GET', '/api/alerts/nowhere/call')).status, 404);
  t.is((await callerOf(overHttp(site.url)).call('GET', '/api/alerts/a1/call')).status, 401);
  t.deepEqual((await caller.call('GET', '/api/patrol')).body, { radio: 'Channel 4' });
  const { lines } = (await site.supervisor.caller.call('GET', '/api/audit?alert=a1')).body;
  t.true(lines.some((one: { actor: string; what: string }) => one.actor === site.patrol.name && one.what === 'view'));
});

test('what was pressed may stay where the person logged in before, until the account is disabled or invited anew', async (t) => {
  const site = await openPatrolSite();
  t.teardown(site.stop);
  const { caller, name } = site.patrol;
  const keep = async (who: typeof caller, account = name) =>
    (await who.call('GET', `/api/kept?account=${account}`)).body.keep;
  t.true(await keep(caller));
  await site.login.store.accounts.sessions.dropOf(name);
  t.is((await caller.call('GET', '/api/state')).status, 401);
  t.true(await keep(caller));
  const stranger = callerOf(overHttp(site.url));
  t.deepEqual(
    [await keep(stranger), await keep(stranger, 'nobody'), await keep(caller, 'su-1')],
    [false, false, false],
  );
  t.is((await stranger.call('GET', '/api/kept')).status, 400);
  for (const what of ['disable', 'enable'] as const)
    await site.supervisor.caller.call('POST', `/api/accounts/${name}`, { what });
  t.false(await keep(caller));
});

test('the page is sent packed to who can unpack it, may ask where it is, and no other page may', async (t) => {
  const site = await openPatrolSite();
  t.teardown(site.stop);
  const get = (to: string, accept: string) => fetch(`${site.url}${to}`, { headers: { 'accept-encoding': accept } });
  for (const [accept, coding] of [
    ['gzip, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0', null],
    ['identity', null],
  ] as const) {
    const answer = await get('/patrol/', accept);
    t.is(answer.headers.get('content-encoding'), coding, accept);
    t.is(answer.headers.get('vary'), 'accept-encoding');
    t.regex(await answer.text(), /<title>Fieldpost patrol/);
    t.regex(answer.headers.get('permissions-policy') ?? '', /geolocation=\(self\)/);
    t.regex(answer.headers.get('content-security-policy') ?? '', /script-src 'self'/);
  }
  t.regex((await get('/', 'br')).headers.get('permissions-policy') ?? '', /geolocation=\(\)/);
  t.is((await get('/patrol/worker.js', 'br')).headers.get('cache-control'), 'no-cache');
});

test('a patrol stays logged in through its shift without a signal; nobody else does', async (t) => {
  const { isOver } = await import('../../../daemons/core/access/session.ts');
  const session = { startedMs: 0, seenMs: 0 } as never;
  const hour = 3_600_000;
  t.deepEqual(
    [isOver(session, 'patrol', 13 * hour), isOver(session, 'patrol', 15 * hour), isOver(session, 'operator', 2 * hour)],
    [false, true, true],
  );
});
