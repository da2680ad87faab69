import test from 'ava';
import fc from 'fast-check';
import {
  type Book,
  failed,
  noted,
  type Patience,
  patience,
  type Tries,
  untried,
  waitMs,
} from '../../../daemons/core/access/lockout.ts';

const after = (n: number, how: Patience = patience.name): Tries =>
  Array.from({ length: n }).reduce<Tries>((tries) => failed(tries, 0, how), untried);

test('the free mistakes cost nothing, then each doubles the wait, up to its most', (t) => {
  t.is(waitMs(after(4), 0), 0);
  t.deepEqual(
    [5, 6, 7, 8].map((n) => waitMs(after(n), 0)),
    [1000, 2000, 4000, 8000],
  );
  t.is(waitMs(after(60), 0), patience.name.mostMs);
  t.is(waitMs(after(5, patience.address), 0), 0);
});

test('whatever others do, the wait is over within its most, and half an hour of quiet forgets all', (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(600_000), { maxLength: 200 }), (gaps) => {
      let [tries, now] = [untried, 0];
      for (const gap of gaps) {
        now += gap;
        tries = failed(tries, now, patience.name);
        if (waitMs(tries, now) > patience.name.mostMs) return false;
      }
      return (
        waitMs(tries, now + patience.name.mostMs) === 0 &&
        waitMs(failed(tries, now + 1_800_001, patience.name), now + 1_800_001) === 0
      );
    }),
  );
  t.pass();
});

test('the book forgets the oldest when strangers fill it, and what was right', (t) => {
  const full = new Map(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, after(9)] as const));
  const book: Book = noted(full, 'k20000', after(9));
  t.true(book.size <= 20_000);
  t.false(book.has('k0'));
  t.false(noted(book, 'k20000', null).has('k20000'));
});
