import test from 'ava';
import fc from 'fast-check';
import { untouched } from '../../../daemons/core/desk/fold.ts';
import { helpAlert } from '../../../daemons/core/desk/help.ts';
import type { AlertRecord } from '../../../daemons/core/ports/records.ts';
import { apart, ways } from '../../../daemons/core/values/delivery.ts';
import type { Deed } from '../../../daemons/core/values/desk.ts';
import { stampAt } from '../../support/alerts.ts';
import { deliveryOf, units } from '../../support/delivery-rules.ts';
import { onDesk, alertOnDesk as recordOf } from '../../support/told-alert.ts';

const chain = [
  { unit: 'red-1', way: 'ntfy', waitS: 60, until: 'received' },
  { unit: 'red-1', way: 'sms', waitS: 180 },
  { unit: 'duty', way: 'email', waitS: 600 },
] as const;
const usual = deliveryOf({ rules: [{ name: 'all', chain: [...chain] }] });

/** To the end, as nobody says anything. */
function runOut(room: ReturnType<typeof onDesk>, outcome?: (n: number) => 'sent' | 'failed' | null): number {
  let nowMs = 0;
  for (let n = 0; n < 200; n++) {
    const next = room.look(nowMs, outcome);
    if (next === null) return nowMs;
    nowMs = next;
  }
  throw new Error('it never ends');
}

test('a chain goes step by step to its end, and its end stands on the desk', (t) => {
  const room = onDesk(usual);
  const endMs = runOut(room);
  t.deepEqual(room.told, ['0 red-1 ntfy 0', '60 red-1 sms 1', '240 duty email 2']);
  t.is(endMs, 840_000);
  t.like(room.record.desk, { chainOver: { atMs: 840_000 }, escalated: { level: 1 } });
  t.regex(room.record.desk?.chainOver?.why ?? '', /nobody acknowledged: red-1 by ntfy, red-1 by sms, duty by email/);
  t.deepEqual(room.refused, []);
});

test('what failed is followed by the next step at once; what nobody knows of waits as if it was sent, and is not sent again', (t) => {
  const failing = onDesk(usual);
  runOut(failing, (n) => (n === 0 ? 'failed' : 'sent'));
  t.deepEqual(failing.told, ['0 red-1 ntfy 0', '0 red-1 sms 1', '180 duty email 2']);
  const dying = onDesk(usual);
  runOut(dying, (n) => (n === 1 ? null : 'sent'));
  t.deepEqual(dying.told, ['0 red-1 ntfy 0', '60 red-1 sms 1', '240 duty email 2']);
});

test('a step to a unit that has the word asked for is left out, and its time is not', (t) => {
  const room = onDesk(usual);
  room.look(0);
  room.act({ what: 'received' }, 5000, 'red-1');
  t.is(room.look(60_000), 240_000, 'no SMS to a phone that has it');
  room.look(240_000);
  t.deepEqual(room.told, ['0 red-1 ntfy 0', '240 duty email 2'], 'received is not acknowledged: the next unit is told');
});

test('acknowledging, resolving, a duplicate and a shelf stop it; a shelf ends', (t) => {
  const started = () => {
    const room = onDesk(usual);
    room.look(0);
    return room;
  };
  for (const [deed, unit] of [
    [{ what: 'acknowledge' }, undefined],
    [{ what: 'acknowledge' }, 'red-1'],
    [{ what: 'resolve', outcome: 'found', text: '' }, undefined],
  ] as const) {
    const room = started();
    room.act(deed, 1000, unit);
    room.look(3_600_000);
    const left = room.told.filter((one) => !one.endsWith(` ${apart.ended}`));
    t.deepEqual(left, ['0 red-1 ntfy 0'], deed.what);
    t.is(room.record.desk?.chainOver, undefined);
  }
  const linked = started();
  linked.record = { ...linked.record, desk: { ...untouched, ...linked.record.desk, duplicateOf: 'b' } };
  t.is(linked.look(3_600_000), null);
  const shelved = started();
  shelved.act({ what: 'shelve', reason: 'works', untilMs: 1_000_000 }, 1000);
  t.is(shelved.look(500_000), 1_000_000);
  shelved.look(1_000_000);
  t.deepEqual(shelved.told, ['0 red-1 ntfy 0', '1000 red-1 sms 1']);
});

test('what is held back tells nobody until it is released; danger for the crew is not held back', (t) => {
  const layered = deliveryOf({ rules: [{ name: 'all', chain: [...chain] }] }, true);
  const dwelling = { touches: ['house'], rev: 1, corroborated: null, released: null };
  for (const desk of [undefined, { dwelling }]) {
    const room = onDesk(layered, recordOf({}, desk));
    t.is(room.look(900_000), null);
    t.deepEqual(room.told, []);
  }
  const by = { by: 'lead', atMs: 1, text: '' };
  const released = onDesk(layered, recordOf({}, { dwelling: { ...dwelling, corroborated: by, released: by } }));
  released.look(900_000);
  t.deepEqual(released.told, ['900 red-1 ntfy 0']);
  const crew = onDesk(layered, recordOf({ family: 'safety' }, { dwelling }));
  crew.look(0);
  t.deepEqual(crew.told, ['0 red-1 ntfy 0']);
});

test('that it cleared is told once to whoever was told before, by the way that reached them; it stops no chain', (t) => {
  const room = onDesk(usual);
  room.look(0);
  const { alert } = room.record;
  room.record = { ...room.record, changedMs: 30_000, alert: { ...alert, rev: 2, condition: 'cleared' } };
  t.is(room.record.acknowledged, null, 'clearing acknowledges nothing');
  room.look(30_000);
  t.deepEqual(room.told, ['0 red-1 ntfy 0', '30 red-1 ntfy -1']);
  runOut(room);
  t.deepEqual(room.told.slice(2), ['60 red-1 sms 1', '240 duty email 2'], 'duty knew nothing before: one message');
  room.act({ what: 'acknowledge' }, 900_000, 'duty');
  t.is(room.record.alert.condition, 'cleared', 'acknowledging clears nothing');
  t.is(room.look(900_000), null);
});

test('closing it is told as well, but not to a unit that reported itself', (t) => {
  const room = onDesk(usual);
  room.look(0, () => 'sent');
  room.look(60_000);
  room.look(240_000);
  room.act({ what: 'acknowledge' }, 250_000, 'red-1');
  room.act({ what: 'report', outcome: 'found', text: 'barn' }, 260_000, 'red-1');
  room.act({ what: 'resolve', outcome: 'found', text: '' }, 270_000);
  room.told.length = 0;
  t.is(room.look(280_000), null);
  t.deepEqual(room.told, [`280 duty email ${apart.ended}`]);
});

test('what a dispatcher gives a unit by hand is told to it whoever acknowledged, once a way, and its silence goes up', (t) => {
  const given = [
    { way: 'ntfy', waitS: 60 },
    { way: 'sms', waitS: 120 },
  ] as const;
  const rules = { units: { ...units, 'red-2': { ...units['red-2'], given: [...given] } } };
  const room = onDesk(deliveryOf(rules));
  room.act({ what: 'acknowledge' }, 1000);
  room.act({ what: 'assign', unit: 'red-2' }, 2000);
  t.is(room.look(2000), 62_000);
  room.look(62_000);
  t.is(room.look(182_000), null);
  t.deepEqual(room.told, ['2 red-2 ntfy 100', '62 red-2 sms 101']);
  t.like(room.record.desk, { escalated: { level: 1, why: 'nobody acknowledged: red-2 by ntfy, red-2 by sms' } });
  t.is(room.record.desk?.told?.[0]?.unanswered?.atMs, 182_000);
  t.is(room.record.desk?.chainOver, undefined);

  const both = onDesk(
    deliveryOf({ ...rules, rules: [{ name: 'all', chain: [{ unit: 'red-2', way: 'ntfy', waitS: 60 }] }] }),
  );
  both.look(0);
  both.act({ what: 'assign', unit: 'red-2' }, 1000);
  both.look(1000);
  t.deepEqual(both.told, ['0 red-2 ntfy 0'], 'it has it that way already');
  both.act({ what: 'acknowledge' }, 2000, 'red-2');
  t.is(both.look(900_000), null);
});

test('what was given by hand before anybody looked is told once, though a rule takes it as well', (t) => {
  const given = [{ way: 'ntfy' as const, waitS: 60 }];
  const room = onDesk(
    deliveryOf({
      units: { ...units, 'red-1': { ...units['red-1'], given } },
      rules: [{ name: 'all', chain: [...chain] }],
    }),
  );
  room.act({ what: 'assign', unit: 'red-1' }, 0);
  room.look(0);
  room.look(1000);
  t.deepEqual(room.told, ['0 red-1 ntfy 100']);
  runOut(room);
  t.deepEqual(room.told.slice(1), ['60 red-1 sms 1', '240 duty email 2'], 'the rest of the rule goes on in its time');
});

test('hours are those of the beginning: a chain is not changed for another on its way', (t) => {
  const hours = { from: '00:00', to: '00:01', zone: 'UTC' };
  const delivery = deliveryOf({
    rules: [
      { name: 'first-minute', hours, chain: [...chain] },
      { name: 'else', chain: [{ unit: 'red-2', way: 'sms', waitS: 60 }] },
    ],
  });
  const room = onDesk(delivery);
  runOut(room);
  t.deepEqual(room.told, ['0 red-1 ntfy 0', '60 red-1 sms 1', '240 duty email 2']);
});

test('the store refuses a claim that an acknowledgement was faster than, or that a dwelling holds back', (t) => {
  const refusedOn = (first: AlertRecord, ...deeds: readonly Deed[]): readonly string[] => {
    const room = onDesk(usual, first);
    for (const deed of deeds) room.act(deed, 1000);
    return room.refused;
  };
  const tell = { what: 'tell', unit: 'red-1', way: 'sms', grouped: false } as const;
  const over = { what: 'chain-over', why: 'x' } as const;
  t.deepEqual(refusedOn(recordOf(), { what: 'acknowledge' }, { ...tell, step: 0 }, over), [
    'tell: it is acknowledged by op-1',
    'chain-over: it is acknowledged by op-1',
  ]);
  t.deepEqual(
    refusedOn(recordOf(), { what: 'acknowledge' }, { ...tell, step: apart.given }),
    [],
    'it was given by hand',
  );
  const dwelling = { touches: ['house'], rev: 1, corroborated: null, released: null };
  t.is(refusedOn(recordOf({}, { dwelling }), { ...tell, step: 0 }).length, 1);
  t.is(refusedOn(recordOf({ family: 'safety' }, { dwelling }), { ...tell, step: 0 }).length, 0);
  t.is(refusedOn(recordOf(), over, over).length, 1);
});

test('a unit that calls for help is not told of its call, and the others are', (t) => {
  const alert = helpAlert('red-1', 'k', 'fell', null, stampAt(0));
  const room = onDesk(usual, { ...recordOf(), alert, site: 'patrols', device: 'red-1' });
  runOut(room);
  t.deepEqual(room.told, ['0 duty email 2']);
});

const step = fc.record({
  unit: fc.constantFrom('red-1', 'red-2', 'duty'),
  way: fc.constantFrom(...ways),
  waitS: fc.integer({ min: 1, max: 600 }),
});
/** Web push alone is refused before it is a chain. */
const chains = fc
  .array(step, { minLength: 1, maxLength: 6 })
  .filter((all) => all.some(({ way }) => way !== 'web-push'));
const happening = fc.oneof(
  { arbitrary: fc.constant(null), weight: 6 },
  fc.record({
    what: fc.constantFrom('received', 'seen', 'on-scene', 'acknowledge'),
    unit: fc.constantFrom('red-1', 'duty'),
  }),
  fc.constantFrom<Deed[]>(
    { what: 'shelve', reason: 'x', untilMs: 400_000 },
    { what: 'unshelve' },
    { what: 'resolve', outcome: 'found', text: '' },
    { what: 'reopen', text: '' },
    { what: 'assign', unit: 'red-2' },
    { what: 'assign', unit: null },
    { what: 'acknowledge' },
  ),
);
const outcome = fc.constantFrom('sent', 'failed', null);

const whoSays = (deed: Deed & { readonly unit?: string | null | undefined }): string | undefined =>
  deed.what === 'assign' ? undefined : (deed.unit ?? undefined);
const isOfRule = (one: string): boolean => {
  const step = Number(one.split(' ')[3]);
  return step >= 0 && step < apart.given;
};
const isOver = ({ acknowledged, desk }: AlertRecord): boolean =>
  Boolean(acknowledged ?? desk?.resolved ?? desk?.chainOver);

test('whatever happens, no step is told twice, none is told after an acknowledgement, and none waits for nothing', (t) => {
  const moments = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 300_000 }), deed: happening }), {
    maxLength: 25,
  });
  const given = fc.array(fc.record({ way: fc.constantFrom(...ways), waitS: fc.integer({ min: 1, max: 300 }) }), {
    maxLength: 3,
  });
  fc.assert(
    fc.property(chains, given, moments, fc.array(outcome, { minLength: 1 }), (steps, hand, all, outcomes) => {
      const room = onDesk(
        deliveryOf({
          units: { ...units, 'red-2': { ...units['red-2'], given: hand } },
          rules: [{ name: 'all', chain: steps }],
        }),
      );
      let nowMs = 0;
      for (const { afterMs, deed } of all) {
        nowMs += afterMs;
        if (deed) room.act(deed as Deed, nowMs, whoSays(deed as Deed));
        room.refused.length = 0;
        const before = room.told.length;
        const { acknowledged } = room.record;
        const next = room.look(nowMs, (n) => outcomes[n % outcomes.length] ?? null);
        t.deepEqual(room.refused, [], 'the store takes each as the first');
        if (acknowledged) t.deepEqual(room.told.slice(before).filter(isOfRule), []);
        if (!isOver(room.record)) t.true(next !== null && next > nowMs, 'somebody is told at a time to come');
        if (next !== null) t.deepEqual(room.plan(next - 1).tell, [], 'and not before');
      }
      t.is(new Set(room.told.map((one) => one.split(' ').slice(1).join(' '))).size, room.told.length);
    }),
  );
});
