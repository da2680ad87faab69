import test from 'ava';
import { deliveryOf } from '../support/delivery-rules.ts';
import { dispatchRoom, triedIn } from '../support/dispatch-room.ts';
import { heardNotifier } from '../support/notifiers.ts';

const hour = 3_600_000;
const rules = [{ name: 'all', chain: [{ unit: 'red-1', way: 'ntfy' as const, waitS: 600 }] }];
const told = (one: string) => `red-1 ntfy ${one} sent`;

test('a dispatcher that begins on an old store tells of what is new; of what is old only when there is news of it; and says so', async (t) => {
  const room = await dispatchRoom(
    t,
    deliveryOf({ rules, units: { 'red-1': { contacts: { ntfy: 'x' }, given: [{ way: 'ntfy', waitS: 600 }] } } }),
  );
  for (const id of ['old', 'said-again', 'given', 'noted']) await room.raise(id);
  room.clock.turn(30 * hour);
  await room.raise('new');
  const way = heardNotifier('ntfy');
  const first = room.dispatch([way]);
  await room.until('new', (record) => triedIn(record).includes(told('0')));
  t.deepEqual(
    way.heard.map(({ alerts }) => alerts),
    [['new']],
  );
  const { fields } = await first.log.said(
    'open alerts of before are taken as known: nobody is told of them until there is news of them',
  );
  t.like(fields, { alerts: 4, right: 'dispatch --known-after 0 tells of all' });

  await room.act('noted', { what: 'note', text: 'seen' });
  await room.raise('said-again', { rev: 2, severity: 'critical' });
  await room.until('said-again', (record) => triedIn(record).includes(told('0')));
  await room.act('given', { what: 'assign', unit: 'red-1' });
  await room.until('given', (record) => triedIn(record).length > 0);
  t.deepEqual(
    way.heard.map(({ id }) => id),
    ['new/red-1/0', 'said-again/red-1/0', 'given/red-1/100'],
  );

  // A later one knows since when there was one: what came while none ran is told, however long ago it was.
  await first.stop();
  await room.raise('meanwhile');
  room.clock.turn(50 * hour);
  const second = room.dispatch([way]);
  await room.until('meanwhile', (record) => triedIn(record).includes(told('0')));
  await second.stop();
  for (const id of ['old', 'noted']) t.deepEqual(triedIn(await room.until(id, () => true)), [], id);
});

test('with 0 all that is open is told', async (t) => {
  const room = await dispatchRoom(t, deliveryOf({ rules }));
  await room.raise('old');
  room.clock.turn(300 * hour);
  room.dispatch([heardNotifier('ntfy')], 0);
  await room.until('old', (record) => triedIn(record).includes(told('0')));
  t.pass();
});

test('what a rule takes by night alone is not old because its night comes later than a day after', async (t) => {
  const hours = { from: '20:00', to: '21:00', zone: 'UTC', days: ['thu' as const] };
  const chain = rules[0]?.chain ?? [];
  const room = await dispatchRoom(t, deliveryOf({ rules: [{ name: 'thu', hours, chain }] }));
  await room.raise('a');
  // From Monday at noon to the evening of Thursday.
  room.clock.turn(3 * 24 * hour + 8 * hour + hour / 2);
  room.dispatch([heardNotifier('ntfy')]);
  await room.until('a', (record) => triedIn(record).includes(told('0')));
  t.pass();
});
