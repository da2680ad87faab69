import test from 'ava';
import fc from 'fast-check';
import { type Flight, grounded, landed, launched, overdue, rewound, room } from '../../daemons/uplink/window.ts';

test('no more than the window is ever on the way', (t) => {
  t.is(room(grounded, 32), 32);
  t.is(room(launched(grounded, 20, 0), 32), 12);
  t.is(room(launched(grounded, 32, 0), 32), 0);
  t.is(room(landed(launched(grounded, 32, 0), 30, []), 32), 30);
});

test('a receipt with a hole confirms up to the hole', (t) => {
  t.is(landed(launched(grounded, 10, 0), 10, [4, 6]).confirmed, 3);
});

test('what is not confirmed in time goes out again from the first unconfirmed', (t) => {
  const flight = landed(launched(grounded, 10, 100), 7, []);
  t.false(overdue(flight, 4000, 5000));
  t.true(overdue(flight, 5200, 5000));
  t.deepEqual(rewound(flight), { sent: 7, confirmed: 7, sentMs: null });
  t.false(overdue(rewound(flight), 99_999, 5000));
});

test('whatever is lost on the way, sending again until the receipt delivers everything in the end', (t) => {
  fc.assert(
    fc.property(
      fc.infiniteStream(fc.boolean()),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 10 }),
      (luck, total, window) => {
        const centre = new Set<number>();
        let flight: Flight = grounded;
        let rounds = 0;
        for (; flight.confirmed < total; rounds++) {
          if (rounds > 5000) return t.fail('it never ends');
          for (let free = room(flight, window); free > 0 && flight.sent < total; free--) {
            flight = launched(flight, flight.sent + 1, rounds);
            if (luck.next().value) centre.add(flight.sent);
          }
          const through = Math.max(0, ...centre);
          const missing = Array.from({ length: through }, (_, i) => i + 1).filter((seq) => !centre.has(seq));
          if (luck.next().value) flight = landed(flight, through, missing);
          if (overdue(flight, rounds, 2)) flight = rewound(flight);
        }
        t.is(centre.size, total);
      },
    ),
    { numRuns: 200 },
  );
});
