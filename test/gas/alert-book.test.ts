import test from 'ava';
import fc from 'fast-check';
import type { CalibrationRecord } from '../../daemons/core/ports/calibrations.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import { certaintyOf, limitsClaims } from '../../daemons/core/values/claims.ts';
import { type AlertBook, doubted, emptyBook, mostEntries, noted } from '../../daemons/gas/alert-book.ts';
import { bookNews, recallBook } from '../../daemons/gas/kept-book.ts';
import { sampleAlert } from '../support/alerts.ts';
import { adjustmentOf, bumpOf, checkOf } from '../support/calibration-records.ts';

const evidence = (sensor: string, calibration: string | null = 'cal-1') => ({
  sensor,
  quantity: 'ammonia',
  value: 30,
  unit: 'ppm',
  u: 1,
  calibration,
  flags: [],
});
const alertOn = (id: string, rev: number, ...sensors: string[]): Alert => {
  const one = sampleAlert(id, { rev });
  return {
    ...one,
    certainty: 'corroborated',
    because: { ...one.because, evidence: sensors.map((name) => evidence(name)) },
  };
};
const sealed = <R extends object>(record: R) => ({ ...record, seal: null }) as unknown as CalibrationRecord;
const failed = sealed(checkOf('c', { verdict: 'failed', reasons: ['17 ppm was shown for 25 ppm'] }));
const about = { all: [], tolerance: 0.1 };
const serials = new Map([
  ['nh3', 'SN-1'],
  ['pid', 'SN-2'],
  ['array', 'SN-3'],
]);

test('a failed check gives every alert since the last good one its next revision, marked, and lists them', (t) => {
  let book = noted(emptyBook, [alertOn('before', 1, 'nh3')], serials);
  book = doubted(book, sealed(checkOf('good')), about).book;
  book = noted(book, [alertOn('a', 1, 'nh3'), alertOn('b', 1, 'nh3', 'pid'), alertOn('other', 1, 'pid')], serials);
  book = noted(book, [alertOn('a', 2, 'nh3')], serials);
  const { alerts, event, book: after } = doubted(book, failed, about);
  t.deepEqual(
    alerts.map(({ id, rev, flags, certainty }) => [id, rev, flags.includes('check-failed'), certainty]),
    [
      ['a', 3, true, 'indication'],
      ['b', 2, true, 'indication'],
    ],
  );
  t.is(event.type, 'check-failed');
  t.like(event.detail, { part: 'nh3/ammonia', serial: 'SN-1', alerts: ['a', 'b'] });
  t.regex(event.message, /17 ppm was shown for 25 ppm/);
  t.deepEqual(doubted(after, failed, about).alerts, [], 'what is marked is not marked again');
});

test('a zero that moved further than it may puts the alerts between in doubt, though both ends were within their limits', (t) => {
  const zero = (id: string, shown: number, atMs: number) =>
    sealed(
      checkOf(id, { atMs, points: [{ applied: 0, uApplied: 0.01, read: shown, uRead: 0.03, shown, uShown: 0.1 }] }),
    );
  const [before, near, far] = [zero('before', -0.3, 1000), zero('near', 0.3, 2000), zero('far', 0.4, 2000)];
  const held = { all: [before, near, far], tolerance: 0.1, zeroShift: { ammonia: 0.65 } };
  const flown = noted(doubted(emptyBook, before, held).book, [alertOn('a', 1, 'nh3'), alertOn('o', 1, 'pid')], serials);
  t.deepEqual(doubted(flown, near, { ...held, all: [before, near] }).alerts, []);
  t.deepEqual(doubted(flown, far, { ...held, zeroShift: {} }).alerts, [], 'a box that does not fly holds no zero');
  const { alerts, event } = doubted(flown, far, { ...held, all: [before, far] });
  t.is(alerts.length, 1);
  t.like(alerts[0], { id: 'a', rev: 2, certainty: 'indication' });
  t.like(alerts[0]?.doubts?.[0], {
    off: [],
    shift: { since: 'before', before: -0.3, after: 0.4, most: 0.65, unit: 'ppm' },
  });
  t.is(event.type, 'check-failed');
  t.regex(event.message, /its zero moved from -0.300 to 0.400 ppm since before; it may move by 0.65 ppm/);
});

test('an adjustment that found the part as it should be, and one that found it wrong', (t) => {
  const book = noted(emptyBook, [alertOn('a', 1, 'nh3')], serials);
  const found = (shown: number) =>
    sealed(adjustmentOf('x', { asFound: [{ applied: 25, uApplied: 0.5, read: 20, uRead: 0.03, shown, uShown: 1 }] }));
  t.deepEqual(doubted(book, found(24), about).alerts, []);
  t.is(doubted(book, found(24), about).book.entries.length, 0);
  t.is(doubted(book, found(17), about).alerts.length, 1);
});

test('a bump says nothing of the alerts before it', (t) => {
  const book = noted(emptyBook, [alertOn('a', 1, 'nh3')], serials);
  const { book: after, alerts, event } = doubted(book, sealed(bumpOf('x', { verdict: 'failed' })), about);
  t.is(after, book);
  t.deepEqual(alerts, []);
  t.like(event, { type: 'bump-made', severity: 'warning' });
});

test('an alert that rests on no calibration is not written down', (t) => {
  const one = alertOn('a', 1);
  t.deepEqual(
    noted(emptyBook, [{ ...one, because: { ...one.because, evidence: [evidence('array', null)] } }], serials),
    emptyBook,
  );
});

test('the book is bounded: older alerts than it holds are counted and not revised', (t) => {
  let book: AlertBook = emptyBook;
  for (let i = 0; i < mostEntries + 500; i++) book = noted(book, [alertOn(`a${i}`, 1, 'nh3')], serials);
  t.is(book.entries.length, mostEntries);
  const { alerts, event, book: after } = doubted(book, failed, about);
  t.is(alerts.length, mostEntries);
  t.is(event.detail.gone, 500);
  t.regex(event.message, /500 older ones rest on it too/);
  t.deepEqual([after.entries, after.gone], [[], {}]);
});

test('a mark says what was found, how far off, and what last said that it was right', (t) => {
  const book = noted(emptyBook, [alertOn('a', 1, 'nh3')], serials);
  const point = { applied: 25, uApplied: 0.5, read: 17, uRead: 0.03, uShown: 1 };
  const record = (id: string, atMs: number, changed: object = {}) => sealed(checkOf(id, { atMs, ...changed }));
  const off = record('c', 900, { verdict: 'failed', reasons: ['weak'], points: [{ ...point, shown: 17 }] });
  const all = [
    sealed(adjustmentOf('adjusted', { atMs: 100 })),
    record('good', 500),
    record('other part', 600, { serial: 'SN-9' }),
    record('failed before', 700, { verdict: 'failed' }),
    sealed(bumpOf('bump', { atMs: 800 })),
    off,
    record('later', 1000),
  ];
  const { alerts } = doubted(book, off, { all, tolerance: 0.1 });
  t.deepEqual(alerts[0]?.doubts, [
    {
      sensor: 'nh3',
      quantity: 'ammonia',
      serial: 'SN-1',
      record: 'c',
      kind: 'check',
      foundMs: 900,
      unit: 'ppm',
      off: [{ applied: 25, shown: 17, most: 2.5 }],
      lastGood: { record: 'good', kind: 'check', atMs: 500 },
    },
  ]);
  t.is(doubted(book, off, about).alerts[0]?.doubts?.[0]?.lastGood, null);
});

test('an adjustment is held to the share of its span, and a point within it is not named', (t) => {
  const book = noted(emptyBook, [alertOn('a', 1, 'nh3')], serials);
  const shown = (applied: number, value: number) => ({
    applied,
    uApplied: 0.1,
    read: 1,
    uRead: 0.1,
    shown: value,
    uShown: 1,
  });
  const one = sealed(adjustmentOf('x', { asFound: [shown(0, 2.4), shown(25, 30)] }));
  const { alerts } = doubted(book, one, about);
  t.deepEqual(alerts[0]?.doubts?.[0]?.off, [{ applied: 25, shown: 30, most: 2.5 }]);
});

test('a part that took the place of another answers for its own alerts alone', (t) => {
  const before = noted(emptyBook, [alertOn('old part', 1, 'nh3')], new Map([['nh3', 'SN-0']]));
  const book = noted(before, [alertOn('a', 1, 'nh3')], serials);
  const { alerts, book: after } = doubted(book, failed, about);
  t.deepEqual(
    alerts.map(({ id }) => id),
    ['a'],
  );
  t.deepEqual(
    after.entries.map(({ alert }) => alert.id),
    ['old part'],
  );
});

test('an alert that goes on and is found in doubt again bears the newest finding of each part', (t) => {
  const first = doubted(noted(emptyBook, [alertOn('a', 1, 'nh3', 'pid')], serials), failed, about);
  const again = doubted(noted(first.book, first.alerts, serials), sealed({ ...failed, id: 'c2' }), about);
  t.deepEqual(
    again.alerts[0]?.doubts?.map(({ record }) => record),
    ['c2'],
  );
  const other = sealed(checkOf('c3', { sensor: 'pid', serial: 'SN-2', verdict: 'failed', reasons: ['weak'] }));
  const both = doubted(noted(again.book, again.alerts, serials), other, about);
  t.deepEqual(
    both.alerts[0]?.doubts?.map(({ record }) => record),
    ['c2', 'c3'],
  );
});

test('whatever happens to the book, what was committed gives it back, and an alert that goes on writes itself alone', async (t) => {
  const step = fc.oneof(
    fc.record({ raise: fc.nat(30), on: fc.constantFrom('nh3', 'pid') }),
    fc.record({ check: fc.constantFrom('passed' as const, 'failed' as const) }),
  );
  const check = (verdict: 'passed' | 'failed') => sealed(checkOf('c', { verdict, reasons: ['weak'] }));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const kept = new Map<string, unknown>();
      const spool = { recall: async (key: string) => kept.get(key) };
      let book: AlertBook = { ...emptyBook, next: mostEntries - 5 };
      for (const one of steps) {
        const before = book;
        if ('raise' in one) book = noted(book, [alertOn(`a${one.raise}`, 1, one.on)], serials);
        else ({ book } = doubted(book, check(one.check), about));
        const news = Object.entries(bookNews(before, book));
        if ('raise' in one) t.true(news.filter(([key]) => key !== 'alert-book').length <= 1);
        for (const [key, value] of news)
          if (value === undefined) kept.delete(key);
          else kept.set(key, JSON.parse(JSON.stringify(value)));
      }
      const { entries, next } = await recallBook(spool);
      t.deepEqual(entries, JSON.parse(JSON.stringify(book.entries)));
      if (kept.size > 0) t.is(next, book.next);
    }),
    { numRuns: 100 },
  );
});

test('an overdue, absent, single-level or doubtful calibration drops a claim to an indication, and nothing else does', (t) => {
  for (const flag of ['uncalibrated', 'calibration-expired', 'single-level', 'check-failed'] as const)
    t.is(certaintyOf('corroborated', ['clock', flag]), 'indication');
  t.is(certaintyOf('corroborated', ['clock', 'extrapolated', 'simulated']), 'corroborated');
  t.is(limitsClaims.size, 4);
});
