import test from 'ava';
import fc from 'fast-check';
import { foldAct, untouched } from '../../../daemons/core/desk/fold.ts';
import { mayDo } from '../../../daemons/core/desk/may-do.ts';
import { isHeldBack, isOpen } from '../../../daemons/core/desk/standing.ts';
import { transact } from '../../../daemons/core/desk/transact.ts';
import type { Wish } from '../../../daemons/core/ports/desk.ts';
import type { AlertRecord } from '../../../daemons/core/ports/records.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import { ways } from '../../../daemons/core/values/delivery.ts';
import { type Act, type Deed, type Desk, outcomes } from '../../../daemons/core/values/desk.ts';
import { sampleAlert } from '../../support/alerts.ts';

const recordOf = (news: Partial<AlertRecord> = {}, alert: Partial<Alert> = {}): AlertRecord => ({
  ...{ site: 'north', device: 'post-7', raisedMs: 1, changedMs: 1, acknowledged: null },
  alert: sampleAlert('a', alert, 1000),
  ...news,
});

const text = fc.string({ maxLength: 8 });
const untilMs = fc.integer({ min: 0, max: 5000 });
const unit = fc.constantFrom('Red 1', 'Red 2', null);
const other = fc.constantFrom('a', 'b', 'c');
const told = {
  unit: fc.constantFrom('Red 1', 'Red 2'),
  way: fc.constantFrom(...ways),
  step: fc.integer({ min: 0, max: 2 }),
};
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  fc.constantFrom<Deed[]>(
    ...(['acknowledge', 'accept', 'unmute', 'unshelve', 'unlink'] as const).map((what) => ({ what })),
    ...(['received', 'seen', 'on-scene'] as const).map((what) => ({ what })),
  ),
  fc.record({ what: fc.constant('assign' as const), unit }),
  fc.record({ what: fc.constantFrom('note', 'reopen', 'corroborate', 'release', 'withhold', 'drill'), text }),
  fc.record({ what: fc.constant('resolve' as const), outcome: fc.constantFrom(...outcomes), text }),
  fc.record({
    what: fc.constant('escalate' as const),
    why: text,
    level: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  }),
  fc.record({ what: fc.constant('report' as const), outcome: fc.constantFrom(...outcomes), text }),
  fc.record({ ...told, what: fc.constant('tell' as const), grouped: fc.boolean() }),
  fc.record({
    ...told,
    what: fc.constant('told' as const),
    state: fc.constantFrom('sent', 'failed'),
    why: fc.constant(null),
  }),
  fc.record({ what: fc.constant('chain-over' as const), why: text }),
  fc.record({ what: fc.constant('mute' as const), untilMs }),
  fc.record({ what: fc.constant('shelve' as const), reason: text, untilMs }),
  fc.record({ what: fc.constant('link' as const), to: other }),
  fc.record({
    what: fc.constant('judge' as const),
    dwellings: fc.uniqueArray(fc.constantFrom('h1', 'h2', 'h3')),
    rev: fc.integer({ min: 1, max: 4 }),
  }),
);
const wishes = fc
  .tuple(
    deeds,
    fc.constantFrom('op-1', 'op-2'),
    fc.constantFrom<Act['role'][]>('operator', 'supervisor', 'patrol', 'centre', 'auditor'),
    fc.integer({ min: 0, max: 4000 }),
    fc.constantFrom('Red 1', 'Red 2'),
  )
  .map(
    ([deed, by, role, atMs, of]): Wish => ({
      ...{ alert: 'a', deed, by, role, atMs },
      ...(role === 'patrol' && { unit: of }),
    }),
  );

/** The three alerts after these deeds, each on one of them, and the log that was kept. */
function played(steps: readonly (readonly [string, Wish])[]) {
  const records = new Map(['a', 'b', 'c'].map((id) => [id, recordOf({}, { id })]));
  const log: Act[] = [];
  for (const [id, one] of steps) {
    const record = records.get(id) as AlertRecord;
    const { deed } = one;
    const named = deed.what === 'link' ? deed.to : deed.what === 'unlink' ? record.desk?.duplicateOf : null;
    const written = transact(record, records.get(named ?? '') ?? null, { ...one, alert: id }, log.length + 1);
    if (typeof written === 'string') continue;
    log.push(written.act);
    for (const each of [written.record, written.other]) if (each) records.set(each.alert.id, each);
  }
  return { records, log };
}
const steps = fc.array(fc.tuple(other, wishes), { maxLength: 40 });

test('any log of any origin folds, and a log that was kept folds to what stands', (t) => {
  fc.assert(
    fc.property(steps, (all) => {
      all.reduce((desk, [id, one], n) => foldAct(desk, { ...one, alert: id, n }, 'a'), untouched);
      const { records, log } = played(all);
      for (const [id, { desk }] of records) {
        const mine = log.filter((act) => act.alert === id || act.other === id);
        if (mine.length === 0) t.is(desk, undefined);
        else
          t.deepEqual(
            desk,
            mine.reduce((sum, act) => foldAct(sum, act, id), untouched as Desk),
          );
      }
    }),
  );
});

test('acknowledging never clears, resolving neither acknowledges nor clears, clearing does nothing to either', (t) => {
  fc.assert(
    fc.property(steps, (all) => {
      const { records, log } = played(all);
      for (const [id, record] of records) {
        t.is(record.alert.condition, 'raised');
        const mine = log.filter((act) => act.alert === id);
        const first = mine.find(({ deed }) => deed.what === 'acknowledge');
        t.deepEqual(record.acknowledged, first ? { by: first.by, atMs: first.atMs } : null);
        const last = mine.findLast(({ deed }) => deed.what === 'resolve' || deed.what === 'reopen');
        t.is(record.desk?.resolved != null, last?.deed.what === 'resolve');
        const cleared = { ...record, alert: { ...record.alert, condition: 'cleared' as const } };
        for (const deed of [{ what: 'acknowledge' }, { what: 'resolve', outcome: 'found', text: '' }] as const) {
          const one = { by: 'op-9', role: 'operator', atMs: 9000, deed } as const;
          t.is(mayDo(cleared, one), mayDo(record, one));
        }
      }
    }),
  );
});

test('duplicates are one level deep and told from both sides, whatever was linked', (t) => {
  fc.assert(
    fc.property(steps, (all) => {
      const { records } = played(all);
      for (const [id, { desk }] of records) {
        const head = desk?.duplicateOf;
        if (head) {
          t.true(records.get(head)?.desk?.duplicates.includes(id));
          t.is(records.get(head)?.desk?.duplicateOf ?? null, null);
        }
        for (const one of desk?.duplicates ?? []) t.is(records.get(one)?.desk?.duplicateOf, id);
      }
    }),
  );
});

test('nothing is released that was not corroborated, nor a dwelling that was touched later', (t) => {
  fc.assert(
    fc.property(steps, (all) => {
      for (const { desk } of played(all).records.values()) {
        if (desk?.dwelling?.released) t.truthy(desk.dwelling.corroborated);
      }
    }),
  );
  const act = (deed: Deed): Act => ({ n: 1, alert: 'a', by: 'sv-1', role: 'supervisor', atMs: 5, deed });
  const released = (
    [
      { what: 'judge', dwellings: ['h1'], rev: 1 },
      { what: 'corroborate', text: 'second post' },
      { what: 'release', text: 'go' },
    ] as const
  ).reduce((desk, deed) => foldAct(desk, act(deed)), untouched as Desk);
  t.false(isHeldBack(recordOf({ desk: released }), true));
  const smaller = foldAct(released, act({ what: 'judge', dwellings: [], rev: 2 }));
  t.false(isHeldBack(recordOf({ desk: smaller }), true));
  const wider = foldAct(released, act({ what: 'judge', dwellings: ['h1', 'h2'], rev: 2 }));
  t.true(isHeldBack(recordOf({ desk: wider }), true));
});

test('deeds of different things come to the same in either order', (t) => {
  const apart: readonly (readonly Deed['what'][])[] = [
    ['assign'],
    ['note'],
    ['resolve', 'reopen'],
    ['escalate'],
    ['accept'],
    ['mute', 'unmute'],
    ['shelve', 'unshelve'],
    ['judge', 'corroborate', 'release', 'withhold'],
    ['drill'],
  ];
  const partOf = ({ deed }: Wish): number => apart.findIndex((whats) => whats.includes(deed.what));
  let tried = 0;
  fc.assert(
    fc.property(steps, wishes, wishes, (before, one, two) => {
      if (partOf(one) === partOf(two) || partOf(one) < 0 || partOf(two) < 0) return;
      tried += 1;
      const start = played(before).records.get('a')?.desk ?? untouched;
      const fold = (...order: readonly Wish[]): Desk =>
        order.reduce((desk, each) => foldAct(desk, { ...each, n: 1 }), start);
      t.deepEqual(fold(one, two), fold(two, one));
    }),
    { numRuns: 500 },
  );
  t.true(tried > 100);
});

test('each role may do what is its own', (t) => {
  const may = (role: Act['role'], deed: Deed): boolean => mayDo(recordOf(), { by: 'x', role, atMs: 0, deed }) === null;
  t.true(may('patrol', { what: 'acknowledge' }));
  t.true(may('patrol', { what: 'report', outcome: 'no-access', text: 'gate' }));
  t.false(may('patrol', { what: 'resolve', outcome: 'no-access', text: 'gate' }));
  t.false(may('patrol', { what: 'assign', unit: 'Red 1' }));
  t.false(may('auditor', { what: 'note', text: 'x' }));
  t.false(may('technician', { what: 'acknowledge' }));
  t.false(may('supervisor', { what: 'judge', dwellings: [], rev: 1 }));
  const touched = { ...untouched, dwelling: { touches: ['h1'], rev: 1, corroborated: null, released: null } };
  const corroborate = { by: 'x', atMs: 0, deed: { what: 'corroborate', text: 'x' } } as const;
  t.regex(
    mayDo(recordOf({ desk: touched }), { ...corroborate, role: 'operator' }) ?? '',
    /role operator may not corroborate; supervisor may/,
  );
  t.is(mayDo(recordOf({ desk: touched }), { ...corroborate, role: 'supervisor' }), null);
});

test('danger for the crew is not shelved and never held back', (t) => {
  const shelve = {
    by: 'x',
    role: 'operator',
    atMs: 0,
    deed: { what: 'shelve', reason: 'test', untilMs: 1000 },
  } as const;
  t.regex(mayDo(recordOf({}, { family: 'safety' }), shelve) ?? '', /danger/);
  t.is(mayDo(recordOf({}, { family: 'safety', condition: 'cleared' }), shelve), null);
  t.false(isHeldBack(recordOf({}, { family: 'safety' }), true));
  t.true(isHeldBack(recordOf(), true));
  t.false(isHeldBack(recordOf(), false));
});

test('open is what somebody still has to do something about', (t) => {
  const seen = { by: 'x', atMs: 1 };
  t.true(isOpen(recordOf()));
  t.true(isOpen(recordOf({ acknowledged: seen })));
  t.true(isOpen(recordOf({}, { condition: 'cleared' })));
  t.false(isOpen(recordOf({ acknowledged: seen }, { condition: 'cleared' })));
  t.true(isOpen(recordOf({ acknowledged: seen, desk: { ...untouched, assigned: 'Red 1' } }, { condition: 'cleared' })));
  t.false(isOpen(recordOf({ desk: { ...untouched, duplicateOf: 'b' } })));
});

test('received, seen and acknowledged are three, a later word stands for those before it, and each unit has its own', (t) => {
  const act = (unit: string, deed: Deed, atMs: number): Act => ({
    ...{ n: atMs, alert: 'a', by: `${unit}-1`, role: 'patrol', atMs, deed, unit },
  });
  const after = (...acts: readonly Act[]) => acts.reduce((desk, one) => foldAct(desk, one), untouched).told ?? [];
  const [red] = after(act('red', { what: 'received' }, 5));
  t.like(red, { received: { by: 'red-1', atMs: 5 }, seen: null, acknowledged: null });
  const both = after(
    act('red', { what: 'received' }, 5),
    act('blue', { what: 'acknowledge' }, 7),
    act('red', { what: 'seen' }, 9),
  );
  t.like(both, [
    { unit: 'blue', received: { atMs: 7 }, seen: { atMs: 7 }, acknowledged: { atMs: 7 } },
    { unit: 'red', received: { atMs: 5 }, seen: { atMs: 9 }, acknowledged: null },
  ]);
});

test('two units acknowledge: the first stands for the alert, both stand for themselves; a patrol closes nothing', (t) => {
  const acknowledge = (record: AlertRecord, unit: string, atMs: number) =>
    transact(
      ...([record, null] as const),
      { alert: 'a', by: `${unit}-1`, role: 'patrol', unit, atMs, deed: { what: 'acknowledge' } },
      atMs,
    );
  const first = acknowledge(recordOf(), 'red', 10);
  if (typeof first === 'string') return t.fail(first);
  const second = acknowledge(first.record, 'blue', 20);
  if (typeof second === 'string') return t.fail(second);
  t.is(second.record.acknowledged?.by, 'red-1');
  t.deepEqual(
    second.record.desk?.told?.map(({ unit, acknowledged }) => [unit, acknowledged?.atMs]),
    [
      ['blue', 20],
      ['red', 10],
    ],
  );
  t.regex(acknowledge(second.record, 'red', 30) as string, /red-1 of red said so already/);
  const resolve = { what: 'resolve', outcome: 'found', text: '' } as const;
  const by = { by: 'x-1', atMs: 40, deed: resolve };
  t.regex(mayDo(second.record, { ...by, role: 'patrol' }) ?? '', /patrol may not resolve/);
  t.regex(mayDo(second.record, { ...by, role: 'operator' }) ?? '', /a supervisor closes it/);
  t.is(mayDo(second.record, { ...by, role: 'supervisor' }), null);
});
