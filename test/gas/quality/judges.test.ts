import test from 'ava';
import fc from 'fast-check';
import { flatline } from '../../../daemons/gas/quality/flatline.ts';
import { hotCold } from '../../../daemons/gas/quality/hot-cold.ts';
import { type Around, type Judge, type Memory, restore } from '../../../daemons/gas/quality/judge.ts';
import { fastest, rate } from '../../../daemons/gas/quality/rate.ts';
import { saturated } from '../../../daemons/gas/quality/saturated.ts';
import { spike } from '../../../daemons/gas/quality/spike.ts';
import { stuck } from '../../../daemons/gas/quality/stuck.ts';

const still: Around = { temperatureC: 20, relativePercent: 50, hot: null };
/** What a judge says of values that come `periodMs` apart; the air may change with each. */
function verdicts(
  judge: Judge,
  values: readonly (number | null)[],
  { periodMs = 100, around = (_i: number): Around => still } = {},
): boolean[] {
  const memory = judge.fresh();
  return values.map((value, i) => judge.judge(memory, value, i * periodMs, around(i)));
}
const repeat = <T>(count: number, one: T): T[] => new Array<T>(count).fill(one);
/** Repeatable noise between -0.5 and 0.5. */
function noise(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

const fullScale = { share: 0.98, samples: 3 };
test('saturated from the third value in a row at 98 % of full scale, and over with the first below', (t) => {
  const values = [97.9, 98, 99, 98, 100, 97.9];
  t.deepEqual(verdicts(saturated([0, 100], fullScale), values), [false, false, false, true, true, false]);
});

test('a scale that begins at zero has one end; a scale around zero has two', (t) => {
  t.false(verdicts(saturated([0, 100], fullScale), repeat(9, 0)).includes(true));
  t.false(verdicts(saturated([-5, 100], fullScale), repeat(9, -5)).includes(true));
  t.true(verdicts(saturated([-100, 100], fullScale), repeat(9, -99)).includes(true));
});

test('stuck from the thirtieth identical value on, and one other value ends it', (t) => {
  const said = verdicts(stuck(30), [...repeat(31, 7), 8, 7]);
  t.is(said.indexOf(true), 29);
  t.deepEqual(said.slice(29), [true, true, false, false]);
});

test('gaps are not stuck values, and end a run', (t) => {
  t.false(verdicts(stuck(2), repeat(5, null)).includes(true));
  t.false(verdicts(stuck(3), [1, 1, null, 1, 1]).includes(true));
});

const warmer = (i: number): Around => ({ temperatureC: 20 + i / 100, relativePercent: 50, hot: null });
test('flat while the air warms is a flatline, to the first value that leaves the level', (t) => {
  const judge = flatline({ spanMs: 20_000, step: 1 });
  const values = [...repeat(250, 100), 103, ...repeat(20, 103)];
  const said = verdicts(judge, values, { around: warmer });
  t.is(said.indexOf(true), 200);
  t.true(said.slice(200, 250).every(Boolean));
  t.false(said.slice(250).includes(true));
});

test('flat in still air is clean air, and noise of a step is life', (t) => {
  const judge = flatline({ spanMs: 20_000, step: 1 });
  const next = noise();
  t.false(verdicts(judge, repeat(600, 100)).includes(true));
  const alive = Array.from({ length: 600 }, () => 100 + 4 * next());
  t.false(verdicts(judge, alive, { around: warmer }).includes(true));
});

test('a step back and forth of one code is quieter than a step only by half: it is not flat', (t) => {
  const judge = flatline({ spanMs: 20_000, step: 1 });
  const dither = Array.from({ length: 600 }, (_, i) => 100 + (i % 2));
  t.false(verdicts(judge, dither, { around: warmer }).includes(true));
});

const hampel = { window: 11, k: 6, floor: 0.01 };
test('one value far from its neighbours is a spike, and the next one is none', (t) => {
  const next = noise();
  const values = Array.from({ length: 40 }, (_, i) => (i === 25 ? 50 : 10 + next()));
  t.deepEqual(
    verdicts(spike(hampel), values).flatMap((one, i) => (one ? [i] : [])),
    [25],
  );
});

test('of a step at most its first value is flagged', (t) => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: -50, max: 50 }), (seed, height) => {
      const next = noise(seed);
      const step = Array.from({ length: 60 }, (_, i) => (i < 30 ? 10 : 10 + height) + 0.2 * next());
      const said = verdicts(spike({ ...hampel, floor: 0.05 }), step).flatMap((one, i) => (one ? [i] : []));
      t.true(said.filter((i) => i !== 30).length === 0, `flagged ${said.join()} of a step of ${height}, seed ${seed}`);
    }),
    { numRuns: 300, seed: 4 },
  );
});

test('behind a step of a noisy channel no value is a spike: its neighbour is as high', (t) => {
  const next = noise(3);
  const step = Array.from({ length: 60 }, (_, i) => (i < 30 ? 10 : 60) + next());
  const said = verdicts(spike(hampel), step);
  t.true(said[30]);
  t.deepEqual(said.slice(31, 36), [false, false, false, false, false]);
});

test('values that differ by less than the floor times k are never spikes', (t) => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 0.06, noNaN: true }), { maxLength: 200 }), (values) => {
      t.false(verdicts(spike(hampel), values).includes(true));
    }),
  );
});

test('of normal noise fewer than one value in five hundred is a spike', (t) => {
  const next = noise(7);
  const normal = () => Array.from({ length: 12 }, next).reduce((sum, one) => sum + one, 0);
  const said = verdicts(spike(hampel), Array.from({ length: 20_000 }, normal));
  t.true(said.filter(Boolean).length < 40, `${said.filter(Boolean).length} of 20000`);
});

test('a change faster than a sensor of that T90 can make is flagged, until enough time for it is over', (t) => {
  // Over a span of 100 with a T90 of 2.3 s: 100 a second at the most, 10 in 100 ms.
  const judge = rate({ perMs: fastest(100, Math.LN10), slack: 0.01 });
  t.deepEqual(verdicts(judge, [0, 9, 18, 60, 18, 19]), [false, false, false, true, false, false]);
  t.deepEqual(verdicts(judge, [0, 35, 35, 35, 35]), [false, true, true, true, false]);
});

test('a first-order response to any gas within the span is never too fast', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 30 }),
      fc.double({ min: 0.5, max: 60, noNaN: true }),
      fc.integer({ min: 20, max: 1000 }),
      (gases, t90S, periodMs) => {
        const judge = rate({ perMs: fastest(100, t90S), slack: 0 });
        let value = gases[0] ?? 0;
        const follow = 1 - Math.exp((-periodMs * Math.LN10) / (1000 * t90S));
        const values = gases.flatMap((gas) =>
          Array.from({ length: 5 }, () => {
            value += follow * (gas - value);
            return value;
          }),
        );
        t.false(verdicts(judge, values, { periodMs }).includes(true));
      },
    ),
  );
});

const switched = (i: number): Around => ({ ...still, hot: i % 20 < 10 });
test('an element that says the same hot and cold has a dead heater; one that differs is well', (t) => {
  const judge = hotCold({ leastChange: 0.05 });
  const dead = Array.from({ length: 80 }, (_, i) => 1000 + (i % 3));
  const alive = Array.from({ length: 80 }, (_, i) => (i % 20 < 10 ? 1000 : 400));
  t.is(verdicts(judge, dead, { around: switched }).indexOf(true), 20);
  t.false(verdicts(judge, alive, { around: switched }).includes(true));
  t.false(verdicts(judge, dead).includes(true), 'a heater that nothing switches');
});

const judges: readonly Judge[] = [
  saturated([0, 100], fullScale),
  stuck(4),
  flatline({ spanMs: 900, step: 5 }),
  spike({ window: 5, k: 2, floor: 0.1 }),
  rate({ perMs: 0.05, slack: 0 }),
  hotCold({ leastChange: 0.5 }),
];
const value = fc.oneof(
  fc.constantFrom(null, 100, 100, 50),
  fc.double({ min: 0, max: 100, noNaN: true, noDefaultInfinity: true }),
);
test('a memory that went through JSON goes on as if nothing had been, for every judge and wherever it is cut', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...judges), fc.array(value, { maxLength: 60 }), fc.nat(60), (judge, values, cut) => {
      const around = (i: number): Around => ({ ...warmer(7 * i), hot: i % 8 < 4 });
      const whole = verdicts(judge, values, { around });
      let memory = judge.fresh();
      const parts = values.map((one, i) => {
        if (i === cut) {
          const text = JSON.stringify(memory);
          memory = judge.fresh();
          restore(memory, JSON.parse(text) as Memory);
          t.is(JSON.stringify(memory), text);
        }
        return judge.judge(memory, one, i * 100, around(i));
      });
      t.deepEqual(parts, whole);
    }),
    { numRuns: 500 },
  );
});

test('a gap is never flagged by value judges that look at this value, and nothing throws on any input', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...judges.slice(0, 5)), fc.array(value, { maxLength: 60 }), (judge, values) => {
      const said = verdicts(judge, values, { around: warmer });
      t.false(values.some((one, i) => one === null && said[i]));
    }),
  );
});

test('a recorded memory of another shape leaves the fresh one as it is', (t) => {
  const memory = spike(hampel).fresh();
  restore(memory, { values: ['x'], missed: 'no', more: 1 });
  t.deepEqual(memory, spike(hampel).fresh());
});
