import test from 'ava';
import type { CalibrationRecord } from '../../daemons/core/ports/calibrations.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import { certaintyOf, limitsClaims } from '../../daemons/core/values/claims.ts';
import { type AlertBook, doubted, emptyBook, noted } from '../../daemons/gas/alert-book.ts';
import { sampleAlert } from '../support/alerts.ts';
import { adjustmentOf, bumpOf, checkOf } from '../support/calibration-records.ts';

const at = { wallMs: 1_790_000_000_000, monoNs: 9e9, boot: 'b', synced: true, uncertaintyMs: 5 };
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
const about = { at, tolerance: 0.1 };

test('a failed check gives every alert since the last good one its next revision, marked, and lists them', (t) => {
  let book = noted(emptyBook, [alertOn('before', 1, 'nh3')]);
  book = doubted(book, sealed(checkOf('good')), about).book;
  book = noted(book, [alertOn('a', 1, 'nh3'), alertOn('b', 1, 'nh3', 'pid'), alertOn('other', 1, 'pid')]);
  book = noted(book, [alertOn('a', 2, 'nh3')]);
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

test('an adjustment that found the part as it should be, and one that found it wrong', (t) => {
  const book = noted(emptyBook, [alertOn('a', 1, 'nh3')]);
  const found = (shown: number) =>
    sealed(adjustmentOf('x', { asFound: [{ applied: 25, uApplied: 0.5, read: 20, uRead: 0.03, shown, uShown: 1 }] }));
  t.deepEqual(doubted(book, found(24), about).alerts, []);
  t.is(doubted(book, found(24), about).book.entries.length, 0);
  t.is(doubted(book, found(17), about).alerts.length, 1);
});

test('a bump says nothing of the alerts before it', (t) => {
  const book = noted(emptyBook, [alertOn('a', 1, 'nh3')]);
  const { book: after, alerts, event } = doubted(book, sealed(bumpOf('x', { verdict: 'failed' })), about);
  t.is(after, book);
  t.deepEqual(alerts, []);
  t.like(event, { type: 'bump-made', severity: 'warning' });
});

test('an alert that rests on no calibration is not written down', (t) => {
  const one = alertOn('a', 1);
  t.deepEqual(
    noted(emptyBook, [{ ...one, because: { ...one.because, evidence: [evidence('array', null)] } }]),
    emptyBook,
  );
});

test('the book is bounded: the oldest are named and not revised', (t) => {
  let book: AlertBook = emptyBook;
  for (let i = 0; i < 2000; i++) book = noted(book, [alertOn(`a${i}`, 1, 'nh3')]);
  t.deepEqual([book.entries.length, book.older.length], [50, 1000]);
  const { alerts, event } = doubted(book, failed, about);
  t.is(alerts.length, 50);
  t.is((event.detail.alerts as string[]).length, 1050);
});

test('an overdue, absent, single-level or doubtful calibration drops a claim to an indication, and nothing else does', (t) => {
  for (const flag of ['uncalibrated', 'calibration-expired', 'single-level', 'check-failed'] as const)
    t.is(certaintyOf('corroborated', ['clock', flag]), 'indication');
  t.is(certaintyOf('corroborated', ['clock', 'extrapolated', 'simulated']), 'corroborated');
  t.is(limitsClaims.size, 4);
});
