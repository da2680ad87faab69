import test from 'ava';
import fc from 'fast-check';
import { dueDeeds, newsDeeds, nextDueMs, ruleFor } from '../../../daemons/core/desk/clockwork.ts';
import { openDwellings, pointAt } from '../../../daemons/core/desk/dwellings.ts';
import { untouched } from '../../../daemons/core/desk/fold.ts';
import { usualPolicy } from '../../../daemons/core/desk/policy.ts';
import { precisionOf } from '../../../daemons/core/desk/precision.ts';
import { type Asking, handOver, isTaken, noShift, take } from '../../../daemons/core/desk/shift.ts';
import { transact } from '../../../daemons/core/desk/transact.ts';
import { askedWords, textOf, wordsOf } from '../../../daemons/core/desk/words.ts';
import type { AlertRecord } from '../../../daemons/core/ports/records.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import type { Desk, Rule, Shift } from '../../../daemons/core/values/desk.ts';
import { sampleAlert } from '../../support/alerts.ts';

const min = 60_000;
const recordOf = (desk?: Partial<Desk>, alert: Partial<Alert> = {}): AlertRecord => ({
  ...{ site: 'north', device: 'post-7', raisedMs: 0, changedMs: 0, acknowledged: null },
  alert: sampleAlert('a', alert, 1000),
  ...(desk && { desk: { ...untouched, ...desk } }),
});

test('an alert that nobody acknowledges goes up level by level, each once; after a pause straight to the level that is due', (t) => {
  let record = recordOf();
  const levels: number[] = [];
  for (let nowMs = 0; nowMs <= 30 * min; nowMs += min / 2)
    for (const deed of dueDeeds(record, nowMs, usualPolicy)) {
      const written = transact(record, null, { alert: 'a', by: 'centre', role: 'centre', atMs: nowMs, deed }, 1);
      t.not(typeof written, 'string');
      if (typeof written !== 'string') record = written.record;
      levels.push(nowMs / min);
    }
  t.deepEqual(levels, usualPolicy.escalate.critical);
  t.is(nextDueMs(record, usualPolicy), null);
  t.like(dueDeeds(recordOf(), 60 * min, usualPolicy), [{ what: 'escalate', level: 3 }]);
});

test('nothing goes up that somebody has in hand, and two consoles that see the same escalate once', (t) => {
  const late = 60 * min;
  const hand = { by: 'op-1', atMs: 1 };
  t.deepEqual(dueDeeds({ ...recordOf(), acknowledged: hand }, late, usualPolicy), []);
  for (const desk of [
    { resolved: { ...hand, text: '', outcome: 'found' as const } },
    { duplicateOf: 'b' },
    { shelved: { by: 'op-1', reason: 'x', untilMs: 2 * late } },
  ])
    t.deepEqual(dueDeeds(recordOf(desk), late, usualPolicy), []);
  const [deed] = dueDeeds(recordOf(), late, usualPolicy);
  t.truthy(deed);
  const wish = { alert: 'a', by: 'centre', role: 'centre', atMs: late, deed: deed as never } as const;
  const first = transact(recordOf(), null, wish, 1);
  t.not(typeof first, 'string');
  t.is(typeof transact((first as { record: AlertRecord }).record, null, wish, 2), 'string');
});

test('the next moment is that of the first deed that is due: before it there is none, at it there is one', (t) => {
  const ms = fc.option(fc.integer({ min: 1, max: 40 * min }), { nil: null });
  fc.assert(
    fc.property(ms, ms, fc.constantFrom('info', 'warning', 'critical'), (mute, shelf, severity) => {
      const muted = mute === null ? null : { by: 'op-1', untilMs: mute };
      const shelved = shelf === null ? null : { by: 'op-1', reason: 'x', untilMs: shelf };
      const record = recordOf({ muted, shelved }, { severity });
      const next = nextDueMs(record, usualPolicy);
      if (next === null) t.deepEqual(dueDeeds(record, 1e12, usualPolicy), []);
      else {
        t.deepEqual(dueDeeds(record, next - 1, usualPolicy), []);
        t.true(dueDeeds(record, next, usualPolicy).length > 0);
      }
    }),
  );
});

const rule: Rule = {
  ...{ id: 'r1', device: 'post-7', kind: null, site: null, reason: 'welding', by: 'op-1' },
  ...{ fromMs: 0, untilMs: 100 },
};

test('a rule takes new alerts that match, of its time, and never a danger for the crew', (t) => {
  t.is(ruleFor(recordOf(), [rule])?.id, 'r1');
  t.is(ruleFor(recordOf(), [{ ...rule, site: 'south' }]), undefined);
  t.is(ruleFor(recordOf(), [{ ...rule, kind: 'vapour.ammonia', fromMs: 1 }]), undefined);
  t.is(ruleFor(recordOf({}, { family: 'safety' }), [rule]), undefined);
  t.like(newsDeeds(recordOf(), [rule], null, 50), [{ what: 'shelve', untilMs: 100 }]);
  t.deepEqual(newsDeeds(recordOf({}), [rule], null, 50), [], 'somebody has touched it');
  t.deepEqual(newsDeeds(recordOf(), [rule], null, 100), [], 'the rule is over');
});

test('a region is held against the dwellings once, and again when a revision touches others', (t) => {
  const layer = openDwellings([
    { name: 'near', ground: pointAt(71.4491, 51.1694, 10) },
    { name: 'far', ground: pointAt(71.46, 51.1694, 10) },
  ]);
  const where = (ceM: number) => ({ lat: 51.1694, lon: 71.4491, ceM, source: 'surveyed' as const });
  t.deepEqual(newsDeeds(recordOf(), [], layer, 0), [{ what: 'judge', dwellings: ['near'], clearM: 250, rev: 1 }]);
  const judged = { dwelling: { touches: ['near'], rev: 1, clearM: 250, corroborated: null, released: null } };
  t.deepEqual(newsDeeds(recordOf(judged, { rev: 2 }), [], layer, 0), []);
  t.deepEqual(newsDeeds(recordOf(judged, { rev: 2, where: where(2000) }), [], layer, 0), [
    { what: 'judge', dwellings: ['far', 'near'], clearM: 1000, rev: 2 },
  ]);
  t.deepEqual(newsDeeds(recordOf(undefined, { where: null }), [], layer, 0), [
    { what: 'judge', dwellings: [], clearM: 0, rev: 1 },
  ]);
  const { clearM: _, ...ofBefore } = judged.dwelling;
  t.like(newsDeeds(recordOf({ dwelling: ofBefore }, { rev: 2 }), [], layer, 0), [{ what: 'judge', clearM: 250 }]);
});

test('the lead goes over when the other takes it, and who takes it has what is open to accept', (t) => {
  const ask = (by: string, supervises = false): Asking => ({ by, supervises, nowMs: 5 });
  const first = take(noShift, ask('op-1')) as Shift;
  t.deepEqual(first, { lead: 'op-1', sinceMs: 5, handover: null });
  t.is(take(first, ask('op-1')), 'op-1 leads already');
  t.is(handOver(first, 'op-2', ask('op-3')), 'op-1 leads, and hands it over');
  const offered = handOver(first, 'op-2', ask('op-1')) as Shift;
  t.false(isTaken(offered));
  t.is(take(offered, ask('op-3')), 'it is handed over to op-2');
  t.is((handOver(offered, 'op-1', ask('op-1')) as Shift).handover, null);
  const taken = take(offered, ask('op-2')) as Shift;
  t.true(isTaken(taken));
  t.deepEqual(taken.handover, { from: 'op-1', to: 'op-2', startedMs: 5 });
  t.regex(String(handOver(taken, 'op-3', ask('op-2'))), /op-2 has not accepted/);
  t.is((take(offered, ask('sv-1', true)) as Shift).lead, 'sv-1');
});

test('precision has its sample size and an interval; few say nothing, and who could not look is not counted', (t) => {
  t.like(precisionOf({}), { n: 0, share: null, low: null });
  t.like(precisionOf({ found: 3, 'no-access': 9, drill: 50 }), { n: 3, found: 3, share: null });
  const some = precisionOf({ found: 8, 'not-found': 1, 'lawful-source': 1 });
  t.like(some, { n: 10, share: 0.8 });
  // Wilson's interval for 8 of 10, as tabulated: 0.490 to 0.943.
  t.is(some.low?.toFixed(3), '0.490');
  t.is(some.high?.toFixed(3), '0.943');
  fc.assert(
    fc.property(fc.nat(500), fc.nat(500), (found, not) => {
      const { share, low, high } = precisionOf({ found, 'not-found': not });
      if (share === null || low === null || high === null) return found + not < 5;
      return 0 <= low && low <= share + 1e-12 && share <= high + 1e-12 && high <= 1;
    }),
  );
});

test('words are found in any alphabet and case, and a word that was written is found by its beginning', (t) => {
  t.deepEqual(wordsOf('Бочки у ДОРОГИ, қойма №7; ﬁne-grained'), [
    'бочки',
    'у',
    'дороги',
    'қойма',
    'no7',
    'fine',
    'grained',
  ]);
  t.is(textOf({ what: 'resolve', outcome: 'found', text: 'x' }), 'x');
  t.is(textOf({ what: 'accept' }), '');
  t.true(askedWords('a b c d e f g h i j').length <= 8);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) =>
      wordsOf(text).every((one) => wordsOf(one).join() === one),
    ),
  );
});
