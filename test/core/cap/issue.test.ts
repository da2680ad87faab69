import test from 'ava';
import fc from 'fast-check';
import { checkCap } from '../../../daemons/core/cap/check.ts';
import { type CapHistory, capIssues } from '../../../daemons/core/cap/issue.ts';
import { capText } from '../../../daemons/core/cap/message.ts';
import { foldAct, untouched } from '../../../daemons/core/desk/fold.ts';
import { helpAlert, helpSite } from '../../../daemons/core/desk/help.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import { type Act, type Deed, outcomes } from '../../../daemons/core/values/desk.ts';
import { elementsOf, readXml, textOf } from '../../../daemons/core/xml/read.ts';
import { sampleAlert, stampAt } from '../../support/alerts.ts';
import { locatedAlert } from '../../support/located.ts';

const t0 = 1_790_000_000_000;
const s = (seconds: number): number => t0 + seconds * 1000;
const later = (seconds: number): number => s(seconds) + 3_600_000;

/** Revisions of one alert, a second for each number, and deeds at seconds. */
function historyOf(revisions: readonly Partial<Alert>[], deeds: readonly (readonly [number, Deed])[] = []): CapHistory {
  const said = revisions.map((news, i) =>
    sampleAlert('a-1', { rev: i + 1, at: stampAt(s(i * 10)), flags: [], ...news }, t0),
  );
  const acts = deeds.map(
    ([at, deed], i): Act => ({ n: i + 1, alert: 'a-1', by: 'op-1', role: 'operator', atMs: s(at), deed }),
  );
  const desk = acts.reduce((all, act) => foldAct(all, act), untouched);
  const record = {
    ...{ site: 'north', device: 'post-7', raisedMs: t0, changedMs: s(1000), acknowledged: null },
    alert: said.at(-1) as Alert,
    ...(acts.length > 0 && { desk }),
  };
  return { record, revisions: said, acts };
}
const told = (history: CapHistory, nowMs = later(0), layered = false) => capIssues(history, { layered, nowMs });
const typesOf = (history: CapHistory, nowMs?: number, layered?: boolean) =>
  told(history, nowMs, layered).map(({ type, sentMs }) => `${type} ${(sentMs - t0) / 1000}`);
const element = (xml: string, name: string): string[] =>
  elementsOf(readXml(xml))
    .filter((one) => one.name === name)
    .map(textOf);

test('an alert is told, each revision is an update of what was told, its resolution a cancel', (t) => {
  const all = told(historyOf([{}, { severity: 'warning' }], [[60, { what: 'resolve', outcome: 'found', text: '' }]]));
  t.deepEqual(
    all.map(({ type, sentMs }) => [type, sentMs]),
    [
      ['Alert', s(0)],
      ['Update', s(10)],
      ['Cancel', s(60)],
    ],
  );
  const texts = all.map((one) => capText(one));
  for (const text of texts) t.deepEqual(checkCap(text), []);
  t.deepEqual(element(texts[0] ?? '', 'references'), []);
  t.deepEqual(element(texts[2] ?? '', 'references'), [
    'north.post-7,a-1-1-0,2026-09-21T14:13:20-00:00 north.post-7,a-1-2-0,2026-09-21T14:13:30-00:00',
  ]);
  t.is(new Set(all.map(({ identifier }) => identifier)).size, 3);
});

test('notes, assignments and acknowledgements change no message', (t) => {
  const deeds = [
    [5, { what: 'note', text: 'x' }],
    [6, { what: 'acknowledge' }],
    [7, { what: 'assign', unit: 'unit-1' }],
  ] as const;
  t.deepEqual(typesOf(historyOf([{}], deeds)), ['Alert 0']);
});

test('with a layer of dwellings nothing is told before it was held against it, and what touches one waits for its release', (t) => {
  const judged = (dwellings: string[]) => [2, { what: 'judge', dwellings, rev: 1 }] as const;
  t.deepEqual(typesOf(historyOf([{}]), later(0), true), []);
  t.deepEqual(typesOf(historyOf([{}], [judged([])]), later(0), true), ['Alert 2']);
  t.deepEqual(typesOf(historyOf([{}], [judged(['yard'])]), later(0), true), []);
  const released = [
    judged(['yard']),
    [20, { what: 'corroborate', text: 'x' }],
    [30, { what: 'release', text: 'x' }],
    [40, { what: 'withhold', text: 'x' }],
  ] as const;
  t.deepEqual(typesOf(historyOf([{}], released), later(0), true), ['Alert 30', 'Cancel 40']);
  // Why it was withdrawn is told to nobody: that a dwelling is there.
  const cancel = told(historyOf([{}], released), later(0), true).at(-1);
  t.notRegex(cancel ? capText(cancel) : 'yard', /yard|dwelling/i);
});

test('a shelf takes it back until it ends, by itself; a reopened alert is a new one', (t) => {
  const shelved = [[30, { what: 'shelve', reason: 'x', untilMs: s(90) }]] as const;
  t.deepEqual(typesOf(historyOf([{}], shelved), s(80)), ['Alert 0', 'Cancel 30']);
  t.deepEqual(typesOf(historyOf([{}], shelved)), ['Alert 0', 'Cancel 30', 'Alert 90']);
  const reopened = [
    [30, { what: 'resolve', outcome: 'test', text: '' }],
    [40, { what: 'reopen', text: 'x' }],
  ] as const;
  const all = told(historyOf([{}], reopened));
  t.deepEqual(
    all.map(({ type, references }) => [type, references.length]),
    [
      ['Alert', 0],
      ['Cancel', 1],
      ['Alert', 0],
    ],
  );
});

test('it is over when the gas is gone and somebody has seen it, in whichever order', (t) => {
  const seen = [[5, { what: 'acknowledge' }]] as const;
  t.deepEqual(typesOf(historyOf([{}, { condition: 'cleared' }], seen)), ['Alert 0', 'Cancel 10']);
  t.deepEqual(typesOf(historyOf([{}, { condition: 'cleared' }])), ['Alert 0', 'Update 10']);
});

test('a drill is an Exercise with a note, a simulated alert a Test, in three languages', (t) => {
  const drill = told(historyOf([{}], [[1, { what: 'drill', text: 'x' }]])).map((one) => capText(one));
  t.is(drill.length, 1);
  t.deepEqual(element(drill.at(-1) ?? '', 'status'), ['Exercise']);
  t.is(element(drill.at(-1) ?? '', 'note').length, 1);
  for (const word of ['EXERCISE: ', 'УЧЕНИЕ: ', 'ЖАТТЫҒУ: ']) t.true(drill.at(-1)?.includes(`<event>${word}`), word);
  const [test] = told(historyOf([{ flags: ['simulated'] }])).map((one) => capText(one));
  t.deepEqual(element(test ?? '', 'status'), ['Test']);
});

test('a call for help and alerts about the fleet go to no other agency', (t) => {
  const { record } = historyOf([{}]);
  const help = { ...record, site: helpSite, device: 'unit-1', alert: helpAlert('unit-1', 'k', '', null, stampAt(t0)) };
  t.deepEqual(told({ record: help, revisions: [], acts: [] }), []);
  t.deepEqual(told({ record: { ...record, device: 'centre' }, revisions: [], acts: [] }), []);
});

test('a box whose clock is wrong neither puts a message before its alert nor into the future', (t) => {
  const wrong = historyOf([
    { at: stampAt(0) },
    { at: stampAt(s(-90_000)) },
    { at: { ...stampAt(s(999_999_999)), synced: false } },
    { at: stampAt(s(999_999_999)) },
  ]);
  t.deepEqual(typesOf(wrong), ['Alert 0', 'Update 1000']);
});

test('Private names who it is for', (t) => {
  const [issue] = told(historyOf([{}]));
  const text = issue ? capText(issue, { addresses: ['fire@example.org', 'the duty "desk"'] }) : '';
  t.deepEqual(checkCap(text), []);
  t.deepEqual(element(text, 'addresses'), ['fire@example.org "the duty desk"']);
});

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.constantFrom<Deed>({ what: 'acknowledge' }, { what: 'accept' }, { what: 'unshelve' }, { what: 'unlink' }),
  fc.string({ unit: 'binary' }).map((text): Deed => ({ what: 'note', text })),
  fc.constantFrom(...outcomes).map((outcome): Deed => ({ what: 'resolve', outcome, text: '<&>' })),
  fc.constant<Deed>({ what: 'reopen', text: 'x' }),
  fc.integer({ min: 0, max: 200 }).map((at): Deed => ({ what: 'shelve', reason: 'x', untilMs: s(at) })),
  fc.constant<Deed>({ what: 'link', to: 'b' }),
  fc.constantFrom<Deed>({ what: 'judge', dwellings: [], rev: 1 }, { what: 'judge', dwellings: ['y'], rev: 1 }),
  fc.constantFrom<Deed>(
    { what: 'corroborate', text: 'x' },
    { what: 'release', text: 'x' },
    { what: 'withhold', text: 'x' },
  ),
  fc.constant<Deed>({ what: 'drill', text: 'x' }),
);
const place = fc.record({
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  lon: fc.double({ min: -180, max: 180, noNaN: true }),
  ceM: fc.oneof(fc.double({ min: 0, max: 1e7, noNaN: true }), fc.constant(1e-9)),
  source: fc.constantFrom('gnss' as const, 'plume' as const, 'surveyed' as const),
});
const located = locatedAlert('x', t0);
const news = fc.record({
  kind: fc.oneof(fc.constantFrom('vapour.ammonia', 'drill.ammonia'), fc.string({ unit: 'binary', minLength: 1 })),
  severity: fc.constantFrom('info' as const, 'warning' as const, 'critical' as const),
  certainty: fc.constantFrom('indication' as const, 'corroborated' as const),
  condition: fc.constantFrom('raised' as const, 'held' as const, 'cleared' as const),
  where: fc.option(place),
  expiresMs: fc.oneof(fc.constant(t0), fc.integer(), fc.constant(Number.MAX_SAFE_INTEGER)),
  at: fc.integer({ min: -100, max: 1000 }).map((at) => stampAt(s(at))),
  since: fc.oneof(fc.constant(stampAt(t0)), fc.constant(stampAt(-1)), fc.constant(stampAt(9e15))),
  flags: fc.subarray(['simulated'] as const),
  plume: fc.constantFrom(undefined, located.plume),
}) as fc.Arbitrary<Partial<Alert>>;

test('whatever boxes say and people do, each message passes the check, names only messages that were told, and is told once', (t) => {
  fc.assert(
    fc.property(
      fc.array(news, { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), deed), { maxLength: 8 }),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.boolean(),
      (revisions, deeds, id, layered) => {
        const made = historyOf(
          revisions,
          deeds.toSorted(([a], [b]) => a - b),
        );
        const history = { ...made, record: { ...made.record, site: id } };
        const all = told(history, later(0), layered);
        t.deepEqual(all, told(history, later(5), layered));
        const before = new Set<string>();
        for (const one of all) {
          const text = capText(one);
          t.deepEqual(checkCap(text), [], text);
          for (const { identifier } of one.references) t.true(before.has(identifier));
          t.false(before.has(one.identifier));
          before.add(one.identifier);
          t.is(one.references.length > 0, one.type !== 'Alert');
        }
      },
    ),
  );
});
