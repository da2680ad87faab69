import test from 'ava';
import fc from 'fast-check';
import {
  absent,
  dueAgain,
  type Flight,
  held,
  isNew,
  landed,
  lane,
  launched,
  nudged,
  rewound,
  room,
} from '../../daemons/uplink/window.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const sent = (to: number): Flight => launched(lane(), range(1, to), 0);
const after = (flight: Flight, through: number, missing: readonly number[] = [], nowMs = 10): Flight =>
  landed(flight, { through, missing }, nowMs, 1000)[0];
const onWay = (flight: Flight): number[] => flight.onWay.map(({ seq }) => seq);

test('no more than the window is ever unconfirmed', (t) => {
  t.is(room(lane(), 32), 32);
  t.is(room(sent(20), 32), 12);
  t.is(room(after(sent(32), 30), 32), 30);
});

test('what the ledger misses goes out again at once, and nothing of what came after it', (t) => {
  const flight = after(sent(10), 8, [3, 5]);
  t.deepEqual(dueAgain(flight, 10), [3, 5]);
  t.deepEqual(onWay(flight), [9, 10]);
  const again = launched(flight, [3, 5], 20);
  t.deepEqual(dueAgain(again, 20), []);
  // A receipt that was on its way before the repeat cannot know of it.
  t.deepEqual(dueAgain(after(again, 9, [3, 5]), 30), []);
  // One that knows of something sent after the repeat can.
  t.deepEqual(dueAgain(after(launched(again, [11], 30), 11, [3, 10]), 40), [3, 10]);
});

test('a receipt that was late or doubled changes nothing', (t) => {
  const flight = after(sent(10), 8, [3]);
  t.deepEqual(after(after(flight, 8, [3]), 4, [3]), flight);
});

test('silence is answered by one probe, at doubling intervals', (t) => {
  let flight = sent(10);
  t.deepEqual(dueAgain(nudged(flight, 999, 1000), 999), []);
  flight = nudged(flight, 1000, 1000);
  t.deepEqual(dueAgain(flight, 1000), [1]);
  flight = launched(flight, [1], 1000);
  t.deepEqual(dueAgain(nudged(flight, 2900, 1000), 2900), []);
  t.deepEqual(dueAgain(nudged(flight, 3000, 1000), 3000), [2]);
});

test('when the ledger speaks again after silence, it is not waited for any longer', (t) => {
  const flight = launched(nudged(sent(10), 1000, 1000), [1], 1000);
  t.is(dueAgain(after(flight, 0, [], 1100), 1100).length, 1);
  // The receipt of the probe tells that everything sent before it was lost.
  t.deepEqual(dueAgain(after(flight, 1, [], 1100), 1100), range(2, 10));
});

test('what others overtake five times is held back and tried at long intervals; the stream goes on', (t) => {
  let flight = launched(lane(), [1], 0);
  let told: readonly number[] = [];
  for (let seq = 2; seq < 20 && told.length === 0; seq++) {
    const [next, landing] = landed(launched(flight, [seq], seq), { through: seq, missing: [1] }, seq, 1000);
    told = landing.held;
    flight = launched(next, dueAgain(next, seq), seq);
  }
  t.deepEqual(told, [1]);
  t.deepEqual(onWay(flight), []);
  t.false(isNew(flight, 1));
  t.deepEqual(dueAgain(flight, 50_000), []);
  t.deepEqual(dueAgain(flight, 100_000), [1]);
  t.deepEqual(rewound(flight).held, flight.held);
  t.deepEqual(after(flight, 30, []).held, []);
});

test('one that breaks the connection is held back by name', (t) => {
  const flight = held(sent(3), 2, 0);
  t.deepEqual(onWay(flight), [1, 3]);
  t.deepEqual(dueAgain(flight, 60_000), [2]);
});

test('what the ledger goes on asking for and the spool does not hold is said, then told as lost', (t) => {
  let flight = after(sent(5), 5, [2]);
  flight = absent(flight, [2], 100);
  const ask = (nowMs: number) => {
    const [next, landing] = landed(flight, { through: 5, missing: [2] }, nowMs, 1000);
    flight = next;
    return landing;
  };
  t.deepEqual(ask(500), { held: [], announce: false, lost: [] });
  t.deepEqual(ask(1200), { held: [], announce: true, lost: [] });
  t.deepEqual(ask(1300), { held: [], announce: false, lost: [] });
  t.deepEqual(ask(12_000), { held: [], announce: false, lost: [] });
  t.deepEqual(ask(13_200), { held: [], announce: false, lost: [2] });
  t.deepEqual(ask(99_000), { held: [], announce: false, lost: [] });
  t.deepEqual(after(flight, 5).asked, []);
});

test('a lane minds its own part of the stream', (t) => {
  const history = launched(lane(0, 10), range(1, 10), 0);
  const live = launched(lane(10), range(11, 15), 0);
  t.deepEqual(dueAgain(after(history, 15, [4, 12]), 10), [4]);
  t.deepEqual(dueAgain(after(live, 15, [4, 12]), 10), [12]);
  t.false(isNew(history, 11));
});

/** Even numbers in [0, 1), the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A world that loses, doubles, delays and mixes up what is sent, driven by one stream of numbers. */
function world(t: { true(value: boolean): void; fail(message: string): void }, luck: () => number, ordered: boolean) {
  const spool = new Set<number>();
  const ledger = new Set<number>();
  let up: number[] = [];
  let down: { through: number; missing: number[] }[] = [];
  let flight = lane();
  let nowMs = 0;
  const arrive = <T>(queue: T[], one: T): T[] => {
    if (luck() < 0.3) return queue;
    const copies = luck() < 0.1 ? [one, one] : [one];
    const at = ordered ? queue.length : Math.floor(luck() * (queue.length + 1));
    return [...queue.slice(0, at), ...copies, ...queue.slice(at)];
  };
  const send = (seqs: readonly number[]): void => {
    for (const seq of seqs) {
      t.true(spool.has(seq));
      up = arrive(up, seq);
    }
    flight = launched(flight, seqs, nowMs);
  };
  const step = (window: number): void => {
    nowMs += 100;
    flight = nudged(flight, nowMs, 500);
    const due = dueAgain(flight, nowMs).slice(0, room(flight, window));
    flight = absent(
      flight,
      due.filter((seq) => !spool.has(seq)),
      nowMs,
    );
    send(due.filter((seq) => spool.has(seq)));
    const fresh = [...spool].filter((seq) => seq > flight.cursor && isNew(flight, seq)).sort((a, b) => a - b);
    send(fresh.slice(0, room(flight, window)));
    for (const seq of up.splice(0, 1 + Math.floor(luck() * 4))) {
      ledger.add(seq);
      const through = Math.max(...ledger);
      down = arrive(down, { through, missing: range(1, through).filter((one) => !ledger.has(one)) });
    }
    for (const receipt of down.splice(0, Math.floor(luck() * 3))) {
      for (const seq of spool)
        if (seq <= receipt.through && !receipt.missing.includes(seq)) {
          // What is forgotten, the ledger has.
          t.true(ledger.has(seq));
          spool.delete(seq);
        }
      [flight] = landed(flight, receipt, nowMs, 1000);
      t.true(flight.onWay.every(({ seq }) => spool.has(seq)));
    }
    if (luck() < 0.01) flight = rewound(flight);
  };
  return { spool, ledger, step };
}

for (const ordered of [true, false])
  test(`whatever is lost, doubled or ${ordered ? 'late' : 'out of order'}, everything is confirmed at the end and nothing is forgotten before`, (t) => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 12 }),
        (seed, total, window) => {
          const { spool, ledger, step } = world(t, random(seed), ordered);
          for (const seq of range(1, total)) spool.add(seq);
          let steps = 0;
          for (; spool.size > 0; steps++) {
            if (steps > 20_000) return t.fail('it never ends');
            step(window);
          }
          t.is(ledger.size, total);
        },
      ),
      { numRuns: 150 },
    );
  });
