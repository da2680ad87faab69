import test from 'ava';
import type { Actor } from '../../daemons/console/access/actor.ts';
import { audienceOf, everything } from '../../daemons/console/audience.ts';
import { feedLimits, openFeed } from '../../daemons/console/feed.ts';
import { type Role, rightsOf } from '../../daemons/core/access/roles.ts';
import type { AlertRecord, Changes, DeviceRecord } from '../../daemons/core/ports/records.ts';
import { sampleAlert } from '../support/alerts.ts';
import { memoryRecords } from '../support/records.memory.ts';

const actorOf = (role: Role, more: Partial<Actor> = {}): Actor => ({
  ...{ id: `${role}-1`, role, rights: rightsOf(role), unit: null, session: null, purpose: null },
  ...more,
});
const patrol = (unit: string): Actor => actorOf('patrol', { unit });

const alertOf = (
  id: string,
  assigned: string | null,
  more: Partial<AlertRecord> & { readonly held?: boolean } = {},
): AlertRecord => {
  const { held, ...rest } = more;
  const dwelling =
    held === undefined ? null : { touches: held ? ['house 4'] : [], rev: 1, corroborated: null, released: null };
  const desk = {
    ...{ assigned, resolved: null, escalated: null, accepted: null, muted: null, shelved: null, duplicateOf: null },
    ...{ duplicates: [], dwelling, drill: false, notes: 0, acts: 1 },
  };
  return {
    site: 'north',
    device: 'post-7',
    alert: sampleAlert(id),
    raisedMs: 1,
    changedMs: 1,
    acknowledged: null,
    desk,
    ...rest,
  };
};
const deviceOf = (device: string, site = 'north'): DeviceRecord => ({
  ...{ site, device, status: 'online', lastSeenMs: 1, simulated: true, where: { lat: 51, lon: 71 } },
  birth: { version: '1', dock: true, sensors: ['secret of the box'] },
});

/** A store that says these things one after the other, one a refresh. */
async function told(...steps: readonly Partial<Changes>[]) {
  let said = 0;
  const records = {
    ...memoryRecords(),
    changes: async (cursor: number): Promise<Changes> => {
      const step = steps[cursor];
      return step && cursor < said
        ? { cursor: cursor + 1, alerts: [], devices: [], ...step }
        : { cursor, alerts: [], devices: [] };
    },
  };
  const feed = openFeed(records, feedLimits);
  const step = async (): Promise<void> => {
    said += 1;
    await feed.refresh();
  };
  return { feed, step };
}
interface Sent {
  readonly cursor: string;
  readonly alerts: readonly { readonly alert: { readonly id: string } }[];
  readonly devices: readonly DeviceRecord[];
  readonly gone?: readonly string[];
}
const stateFor = (feed: Awaited<ReturnType<typeof told>>['feed'], actor: Actor, layered = false): Sent =>
  JSON.parse(feed.state(audienceOf(actor, layered)).toString());
const idsOf = ({ alerts }: Sent): string[] => alerts.map(({ alert }) => alert.id);

test('each role is told what it may see, and nothing else is in the bytes', async (t) => {
  const { feed, step } = await told({
    alerts: [alertOf('a1', 'u1'), alertOf('a2', 'u2'), alertOf('a3', null), alertOf('a4', 'u1', { held: true })],
    devices: [deviceOf('post-7'), deviceOf('post-8')],
  });
  await step();
  for (const role of ['operator', 'supervisor', 'auditor'] as const)
    t.deepEqual(idsOf(stateFor(feed, actorOf(role))), ['a1', 'a2', 'a3', 'a4']);
  const technician = stateFor(feed, actorOf('technician'));
  t.deepEqual([idsOf(technician), technician.devices.length], [[], 2]);
  t.notRegex(JSON.stringify(technician), /"a[1-4]"/);
  const own = stateFor(feed, patrol('u1'));
  t.deepEqual(idsOf(own), ['a1']);
  t.deepEqual(
    own.devices.map(({ device, birth }) => [device, birth]),
    [['post-7', {}]],
  );
  t.notRegex(JSON.stringify(own), /"a[234]"|secret|post-8/);
  t.deepEqual(idsOf(stateFor(feed, actorOf('patrol'))), [], 'a patrol of no unit');
});

test('an alert that was not yet held against the dwellings is kept from patrols, a danger to the crew is not', async (t) => {
  const danger = alertOf('a2', 'u1', { alert: { ...sampleAlert('a2'), family: 'safety' } as AlertRecord['alert'] });
  const { feed, step } = await told({ alerts: [alertOf('a1', 'u1'), danger, alertOf('a3', 'u1', { held: false })] });
  await step();
  t.deepEqual(idsOf(stateFor(feed, patrol('u1'), true)), ['a2', 'a3']);
});

test('a patrol is told that people live there, and not by their names', async (t) => {
  const released = { by: 'su-1', atMs: 2, text: 'seen' };
  const one = alertOf('a', 'red', { held: true });
  const dwelling = { touches: ['house 4', 'house 5'], rev: 1, corroborated: released, released };
  const record = { ...one, desk: one.desk && { ...one.desk, dwelling } };
  const { feed, step } = await told({ alerts: [record] }, { alerts: [record] });
  const [crew, lead] = [audienceOf(patrol('red'), true), audienceOf(actorOf('operator'), true)];
  feed.state(crew);
  await step();
  const whole = feed.state(crew).toString();
  t.true(whole.includes('"touches":["1","2"]'));
  const { to } = feed.next(null, crew) ?? {};
  await step();
  const change = feed.next(to ?? null, crew)?.bytes.toString() ?? '';
  t.true(change.includes('"touches":["1","2"]'));
  t.false(`${whole}${change}`.includes('house'));
  t.true(feed.state(lead).toString().includes('house 4'));
});

test('a patrol is told no point: not of the alert, its plume, its plot or its box, at first and with each change', async (t) => {
  const plot = { outline: [[[71.4321, 51.1234]]], ellipse: { majorM: 9 } };
  const alert = {
    ...sampleAlert('a'),
    where: { lat: 51.1234, lon: 71.4321, ceM: 9 },
    plot,
    plume: { answer: 'source' },
  };
  const record = alertOf('a', 'u1', { alert: alert as unknown as AlertRecord['alert'] });
  const box = { ...deviceOf('post-7'), where: { lat: 51.1234, lon: 71.4321 } };
  const { feed, step } = await told({ alerts: [record], devices: [box] }, { alerts: [record], devices: [box] });
  const crew = audienceOf(patrol('u1'), false);
  feed.state(crew);
  await step();
  const whole = feed.state(crew).toString();
  const { to } = feed.next(null, crew) ?? {};
  await step();
  const change = feed.next(to ?? null, crew)?.bytes.toString() ?? '';
  for (const text of [whole, change]) {
    t.regex(text, /"id":"a"/);
    t.notRegex(text, /51\.1234|71\.4321|"plume"|"plot"|p\(|18\.4/);
  }
  t.true(feed.state(everything).toString().includes('51.1234'));
});

test('what leaves an audience is told as gone, once, and to nobody who was never told of it', async (t) => {
  const { feed, step } = await told(
    { alerts: [alertOf('a1', 'u1')], devices: [deviceOf('post-7')] },
    { alerts: [alertOf('a1', 'u2')] },
    { alerts: [alertOf('a1', 'u3')] },
  );
  await step();
  const [one, other, all] = [audienceOf(patrol('u1'), false), audienceOf(patrol('u2'), false), everything];
  const cursors = new Map(
    [one, other, all].map((audience) => [audience, (JSON.parse(feed.state(audience).toString()) as Sent).cursor]),
  );
  const next = (audience: typeof one): Sent | null => {
    const frame = feed.next(cursors.get(audience) ?? null, audience);
    if (!frame) return null;
    cursors.set(audience, frame.to);
    return JSON.parse(/^data: (.*)$/m.exec(frame.bytes.toString())?.[1] ?? '') as Sent;
  };
  await step();
  t.like(next(one), { alerts: [], gone: ['a1'] });
  const got = next(other);
  t.deepEqual(got && idsOf(got), ['a1']);
  t.is(got?.devices[0]?.device, 'post-7', 'with its box');
  t.is(next(all)?.gone, undefined);
  await step();
  t.is(next(one), null, 'nothing more to say');
  t.deepEqual(next(other)?.gone, ['a1']);
});

test('a cursor of another audience, as a page has after another login, gives the whole state of the own one', async (t) => {
  const { feed, step } = await told(
    { alerts: [alertOf('a1', 'u1'), alertOf('a2', 'u2')] },
    { alerts: [alertOf('a2', 'u2')] },
  );
  await step();
  const before = feed.cursor;
  await step();
  const frame = feed.next(before, audienceOf(patrol('u1'), false));
  t.regex(frame?.bytes.toString() ?? '', /event: state/);
  t.notRegex(frame?.bytes.toString() ?? '', /"a2"/);
});

test('a token of one site is told nothing of another', async (t) => {
  const { feed, step } = await told({
    alerts: [alertOf('a1', null), alertOf('a2', null, { site: 'south' })],
    devices: [deviceOf('post-7'), deviceOf('post-9', 'south')],
  });
  await step();
  const state = stateFor(feed, actorOf('operator', { site: 'south' }));
  t.deepEqual([idsOf(state), state.devices.map(({ device }) => device)], [['a2'], ['post-9']]);
});

test('all of one audience are sent the same bytes', async (t) => {
  const { feed, step } = await told({ alerts: [alertOf('a1', 'u1')] });
  await step();
  t.is(
    feed.next(null, audienceOf(patrol('u1'), false))?.bytes,
    feed.next(null, audienceOf({ ...patrol('u1'), id: 'pa-9' }, false))?.bytes,
  );
  t.is(audienceOf(actorOf('operator'), true).key, everything.key);
});
