import test from 'ava';
import type { BoxEvent } from '../../../daemons/core/values/envelope.ts';
import {
  decided,
  emptyPassageBook,
  falsePerThousand,
  noted,
  type PassageBook,
} from '../../../daemons/gas/passage/book.ts';
import { stampAt } from '../../support/readings.ts';

const event = (passage: number, result: string): BoxEvent => ({
  type: 'passage',
  severity: 'info',
  at: stampAt(passage),
  message: '',
  detail: { passage, result },
});
const after = (...results: string[]): PassageBook =>
  results.reduce((book, result, i) => noted(book, event(i + 1, result)), emptyPassageBook);
const decide = (book: PassageBook, passage: number, found: boolean): PassageBook => {
  const done = decided(book, { passage, found, by: 't-17' });
  if (typeof done === 'string') throw new Error(done);
  return done[0];
};

test('false alarms are counted per 1,000 measured passages, by what an officer found', (t) => {
  const clean = Array.from({ length: 498 }, () => 'nothing above LOD');
  const book = after(...clean, 'indication', 'indication', 'not measured');
  t.deepEqual([book.measured, book.notMeasured, book.indications], [500, 1, 2]);
  t.is(falsePerThousand(book), 0);
  const wrong = decide(book, 499, false);
  t.is(falsePerThousand(wrong), 2);
  t.is(falsePerThousand(decide(wrong, 500, true)), 2);
  t.is(falsePerThousand(emptyPassageBook), null);
});

test('a later word replaces an earlier one', (t) => {
  const book = decide(after('indication'), 1, false);
  t.is(book.falseAlarms, 1);
  t.is(decide(book, 1, false).falseAlarms, 1);
  t.is(decide(book, 1, true).falseAlarms, 0);
});

test('what was found where nothing was shown is counted as missed, never as a false alarm', (t) => {
  const book = decide(after('nothing above LOD', 'not measured'), 1, true);
  t.deepEqual([book.missed, book.falseAlarms], [1, 0]);
  t.is(decide(book, 2, true).missed, 1);
});

test('a passage that the book does not hold is refused by its number', (t) => {
  t.is(decided(after('indication'), { passage: 7, found: true, by: 't-17' }), 'passage 7 is not among the last 1');
});

test('the book keeps the newest passages, and counts them all', (t) => {
  const book = after(...Array.from({ length: 250 }, () => 'indication'));
  t.deepEqual([book.entries.length, book.entries[0]?.passage, book.indications], [200, 51, 250]);
});
