import test from 'ava';
import { openTicking } from '../../../daemons/console/desk/ticking.ts';
import { openDwellings, pointAt } from '../../../daemons/core/desk/dwellings.ts';
import { usualPolicy } from '../../../daemons/core/desk/policy.ts';
import { isHeldBack } from '../../../daemons/core/desk/standing.ts';
import { alertArrival, sampleAlert } from '../../support/alerts.ts';
import { deskRoom } from '../../support/desk-room.ts';

const minute = 60_000;
const mild = { severity: 'warning' } as const;

test('what nobody acknowledges is escalated by the clock, once though two consoles tick', async (t) => {
  const { records, desk, time, ticking } = await deskRoom(t);
  const other = openTicking({ records, desk, layer: null, policy: usualPolicy, nowMs: () => time.nowMs });
  await records.commit([alertArrival(sampleAlert('a', mild), 1), alertArrival(sampleAlert('b', mild), 2)], time.nowMs);
  await ticking.step();
  await desk.act({ alert: 'b', by: 'op-1', role: 'operator', atMs: time.nowMs, deed: { what: 'acknowledge' } });
  time.nowMs += 10 * minute;
  await Promise.all([ticking.step(), other.step(), ticking.step()]);
  const record = await desk.record('a');
  t.like(record?.desk?.escalated, { level: 1, why: 'not acknowledged for 10 min' });
  t.is((await desk.acts('a')).length, 1);
  t.is((await desk.record('b'))?.desk?.escalated, null);
});

test('shelves and mutes end by themselves, and nothing is done twice', async (t) => {
  const { records, desk, time, ticking, post } = await deskRoom(t);
  await records.commit([alertArrival(sampleAlert('a', mild), 1)], time.nowMs);
  for (const deed of [
    { what: 'shelve', reason: 'welding', untilMs: time.nowMs + minute },
    { what: 'mute', untilMs: time.nowMs + 2 * minute },
  ])
    t.is((await post('/api/alerts/a/acts', { deed })).code, 200);
  await ticking.step();
  time.nowMs += 1.5 * minute;
  await ticking.step();
  await ticking.step();
  t.like((await desk.record('a'))?.desk, { shelved: null, acts: 3 });
  t.truthy((await desk.record('a'))?.desk?.muted);
  time.nowMs += minute;
  await ticking.step();
  t.like((await desk.record('a'))?.desk, { muted: null, acts: 4 });
});

test('while a rule runs new alerts that match come shelved with its reason, are kept and counted; danger for the crew is not', async (t) => {
  const { records, desk, time, ticking, get, post, call } = await deskRoom(t);
  const { body } = await post('/api/inhibits', {
    device: 'post-7',
    reason: 'welding',
    untilMs: Date.now() + 60 * minute,
  });
  time.nowMs = Date.now() + 1000;
  const all = [sampleAlert('a', mild), sampleAlert('b', { ...mild, family: 'safety' })];
  await records.commit(
    all.map((one, i) => alertArrival(one, i + 1)),
    time.nowMs,
  );
  await ticking.step();
  t.regex((await desk.record('a'))?.desk?.shelved?.reason ?? '', /^welding \(rule .* of op-1\)$/);
  t.is((await desk.record('b'))?.desk, undefined);
  t.is((await records.counts()).alerts, 2);
  t.is((await get('/api/inhibits')).rules.length, 1);
  t.is((await call('DELETE', `/api/inhibits/${body.rule.id}`)).code, 200);
  t.is((await call('DELETE', `/api/inhibits/${body.rule.id}`)).code, 404);
  t.is((await post('/api/inhibits', { reason: 'for ever', untilMs: Date.now() + 9e9 })).code, 409);
  t.is((await post('/api/inhibits', { reason: ' ', untilMs: 1 })).code, 400);
});

test('what touches a dwelling waits until a supervisor corroborated and released it, and waits anew when it touches another', async (t) => {
  const layer = openDwellings([
    { name: 'house 7', ground: pointAt(71.4491, 51.1694, 10) },
    { name: 'farm', ground: pointAt(71.46, 51.1694, 10) },
  ]);
  const { records, desk, time, ticking, post } = await deskRoom(t, { layer });
  await records.commit([alertArrival(sampleAlert('a', mild), 1)], time.nowMs);
  await ticking.step();
  const held = async () => {
    const record = await desk.record('a');
    return record && isHeldBack(record, true);
  };
  t.deepEqual((await desk.record('a'))?.desk?.dwelling?.touches, ['house 7']);
  t.true(await held());
  const early = await post('/api/alerts/a/acts', { deed: { what: 'release', text: 'go' } });
  t.is(early.code, 409);
  t.regex(early.body.error.what, /corroborate it first/);
  await post('/api/alerts/a/acts', { deed: { what: 'corroborate', text: 'second post agrees' } });
  t.is((await post('/api/alerts/a/acts', { deed: { what: 'release', text: 'go' } })).code, 200);
  t.false(await held());
  const wider = { rev: 2, where: { lat: 51.1694, lon: 71.4491, ceM: 2000, source: 'plume' as const } };
  await records.commit([alertArrival(sampleAlert('a', { ...mild, ...wider }), 2)], time.nowMs);
  t.true(await held(), 'at once, and not when the clock of the desk comes to it');
  await ticking.step();
  t.deepEqual((await desk.record('a'))?.desk?.dwelling?.touches, ['farm', 'house 7']);
  t.true(await held());
});

test('at a shift change the incoming lead accepts every open alert; what stays is escalated again, and the change ends with the last', async (t) => {
  const { records, desk, time, ticking, get, post } = await deskRoom(t);
  await records.commit([alertArrival(sampleAlert('a', mild), 1), alertArrival(sampleAlert('b', mild), 2)], time.nowMs);
  t.is((await post('/api/shift', { what: 'take' }, 'op-1')).code, 200);
  for (const id of ['a', 'b']) await post(`/api/alerts/${id}/acts`, { deed: { what: 'acknowledge' } });
  t.is((await post('/api/shift', { what: 'hand-over', to: 'op-2' }, 'op-1')).code, 200);
  await ticking.step();
  t.is((await post('/api/shift', { what: 'take' }, 'op-2')).code, 200);
  await ticking.step();
  t.deepEqual([...(await get('/api/shift')).handover.waiting].sort(), ['a', 'b']);
  await post('/api/alerts/b/acts', { deed: { what: 'accept' } }, 'op-1');
  await post('/api/alerts/a/acts', { deed: { what: 'accept' } }, 'op-2');
  await ticking.step();
  t.deepEqual((await get('/api/shift')).handover.waiting, ['b'], 'the word of the old lead does not count');
  time.nowMs = Date.now() + 16 * minute;
  await ticking.step();
  await ticking.step();
  t.like((await desk.record('b'))?.desk?.escalated, { level: 1, why: 'not accepted by op-2 at the shift change' });
  await post('/api/alerts/b/acts', { deed: { what: 'accept' } }, 'op-2');
  await ticking.step();
  t.like(await get('/api/shift'), { lead: 'op-2', handover: null });
});

test('whoever took over and accepts nothing: every open alert goes up, however many wait', async (t) => {
  const { records, desk, time, ticking, post } = await deskRoom(t);
  const all = Array.from({ length: 1250 }, (_, i) => alertArrival(sampleAlert(`w${i}`, mild), i + 1));
  await records.commit(all, time.nowMs);
  await post('/api/shift', { what: 'take' }, 'op-1');
  await ticking.step();
  // Seen by somebody, so that nothing else escalates them.
  const deed = { what: 'acknowledge' } as const;
  await desk.actAll(
    all.map((_, i) => ({ alert: `w${i}`, by: 'op-1', role: 'operator', atMs: time.nowMs, deed }) as const),
  );
  await post('/api/shift', { what: 'hand-over', to: 'op-2' }, 'op-1');
  await post('/api/shift', { what: 'take' }, 'op-2');
  time.nowMs = Date.now() + 16 * minute;
  await ticking.step();
  const levels = await Promise.all(all.map(async (_, i) => (await desk.record(`w${i}`))?.desk?.escalated?.level));
  t.deepEqual([...new Set(levels)], [1]);
  time.nowMs += minute;
  await ticking.step();
  t.is((await desk.record('w1249'))?.desk?.escalated?.level, 1, 'once');
});

test('a drill cannot be taken for real: its alerts say so everywhere, it waits for real danger and ends at it', async (t) => {
  const { records, desk, time, ticking, get, post } = await deskRoom(t);
  await post('/api/drill', { what: 'start', text: 'spill at the depot', kind: 'vapour.ammonia', severity: 'critical' });
  await post('/api/drill', { what: 'alert', where: { lat: 51, lon: 71, ceM: 100 } });
  const { alerts, total } = await get('/api/search?drill=only');
  t.is(total, 2);
  for (const { site, device, alert, desk: own } of alerts) {
    t.true(own.drill);
    t.regex(alert.id, /^drill-/);
    t.regex(alert.kind, /^drill\./);
    t.regex(alert.because.rule, /^DRILL: /);
    t.deepEqual([site, device, alert.flags], ['drill', 'drill', ['simulated']]);
  }
  t.is((await get('/api/search')).total, 0);
  t.is((await records.counts()).alerts, 0);
  t.is((await post('/api/drill', { what: 'start', text: 'again' })).code, 409);
  await records.commit([alertArrival(sampleAlert('real'), 1)], time.nowMs);
  await ticking.step();
  t.is((await get('/api/drill')).drill, null);
  for (const { alert } of alerts) t.is((await desk.record(alert.id))?.desk?.resolved?.outcome, 'drill');
  t.is((await desk.record('real'))?.desk, undefined);
  await get('/api/alerts/real/acts');
  await post('/api/alerts/real/acts', { deed: { what: 'note', text: 'x' } });
  const refused = await post('/api/drill', { what: 'start', text: 'again' });
  t.is(refused.code, 409);
  t.regex(refused.body.error.what, /real is critical and nobody acknowledged/);
});

test('a drill that nobody ends is ended by the clock', async (t) => {
  const { time, ticking, get, post } = await deskRoom(t);
  await post('/api/drill', { what: 'start', text: 'night' });
  time.nowMs = Date.now() + 5 * 60 * minute;
  await ticking.step();
  t.is((await get('/api/drill')).drill, null);
  t.is((await get('/api/search?drill=only')).alerts[0].desk.resolved.outcome, 'drill');
});

test('what is no search is refused by name, and past precision has its sample size', async (t) => {
  const { records, time, get, post, call } = await deskRoom(t);
  for (const query of ['limit=0', 'from=x', 'severity=loud', 'after=x', 'drill=maybe', 'nothing=1'])
    t.is((await call('GET', `/api/search?${query}`)).code, 400, query);
  const all = Array.from({ length: 6 }, (_, i) => alertArrival(sampleAlert(`a${i}`), i + 1));
  await records.commit(all, time.nowMs);
  t.like(await get('/api/precision?kind=vapour.ammonia'), { n: 0, share: null });
  for (let i = 0; i < 6; i++)
    await post(`/api/alerts/a${i}/acts`, {
      deed: { what: 'resolve', outcome: i < 3 ? 'found' : 'not-found', text: '' },
    });
  t.like(await get('/api/precision?kind=vapour.ammonia&site=north'), { n: 6, found: 3, share: 0.5 });
});
