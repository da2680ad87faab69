import test from 'ava';
import { isSettled, isWithin, type Mark, neededFor } from '../../../daemons/core/records/needed.ts';
import { stampAt } from '../../support/alerts.ts';

const head = (seq: number) => ({ seq, hash: '0'.repeat(64) });
/** A seal every ten events and a memory of the line in between; telemetry goes three times as fast. */
const marks: readonly Mark[] = Array.from({ length: 20 }, (_, i) => {
  const seq = 5 * i + 5;
  const heads = { alert: head(0), event: head(seq), tele: head(3 * seq) };
  return { seq, at: stampAt(1000 * seq), heads: i % 2 === 1 ? heads : null };
});
const alertAt = (since: number, at: number) => ({ since: stampAt(since), at: stampAt(at) });

test('an alert needs all from the seal before the memory that a replay starts from to the second seal after', (t) => {
  const { event, tele } = neededFor([alertAt(52_000, 61_000)], marks, 10_000);
  // Ten seconds before: 42; the memory before that at 35, and the seal before it at 30. After: seals at 70 and 80.
  t.deepEqual(event, [[30, 80]]);
  t.deepEqual(tele, [[90, 240]]);
  t.true(isWithin(30, event) && isWithin(80, event) && !isWithin(29, event) && !isWithin(81, event));
});

test('where no mark bounds it nothing is let go', (t) => {
  t.deepEqual(neededFor([alertAt(7000, 8000)], marks, 10_000).event, [[0, 20]]);
  t.deepEqual(neededFor([alertAt(90_000, 95_000)], marks, 10_000).event, [[70, Number.POSITIVE_INFINITY]]);
  t.deepEqual(neededFor([alertAt(90_000, 95_000)], [], 0).tele, [[0, Number.POSITIVE_INFINITY]]);
});

test('looking on may end when two seals came after the alert', (t) => {
  t.false(isSettled({ at: stampAt(85_000) }, marks.slice(0, 18)));
  t.true(isSettled({ at: stampAt(85_000) }, marks));
});
