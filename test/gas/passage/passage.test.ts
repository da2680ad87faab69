import test from 'ava';
import fc from 'fast-check';
import { runStep } from '../../../daemons/core/flow/scan.ts';
import {
  type Blind,
  freshPassage,
  type PassageInput,
  type PassageOptions,
  passage,
  restarted,
} from '../../../daemons/gas/passage/passage.ts';

const options: PassageOptions = {
  baselineS: 10,
  baselineLeast: 5,
  baselineAtMost: 1,
  dwellS: 8,
  delayS: 3,
  purgeS: 5,
  longestS: 60,
  lod: 2,
  exhaustFrom: 50,
};
const air = (from: number, to: number, value: number | null = 0.25, exhaust = 1): PassageInput[] =>
  Array.from({ length: to - from }, (_, i) => ({ is: 'value', tS: from + i, value, exhaust }));
const open = (tS: number): PassageInput => ({ is: 'opened', tS });
const close = (tS: number): PassageInput => ({ is: 'closed', tS });
const blind = (tS: number, why: Blind = 'loop lost'): PassageInput => ({ is: 'blind', tS, why });
const run = (...inputs: PassageInput[][]) => runStep(passage(options), freshPassage, inputs.flat())[1];

test('clean air through a passage is nothing above LOD', (t) => {
  const [one] = run(air(0, 12), [open(12)], air(12, 22), [close(22)], air(22, 30));
  t.deepEqual([one?.passage, one?.result, one?.why, one?.above], [1, 'nothing above LOD', null, 0]);
});

test('gas in the air of the window is an indication, by the height above the baseline', (t) => {
  const [one] = run(air(0, 12), [open(12)], air(12, 17), air(17, 20, 4.25), air(20, 22), [close(22)], air(22, 30));
  t.deepEqual([one?.result, one?.above], ['indication', 4]);
});

test('gas that arrives before the delay of the line belongs to the one in front', (t) => {
  const [one] = run(air(0, 12), [open(12)], air(12, 15, 9), air(15, 22), [close(22)], air(22, 30));
  t.is(one?.result, 'nothing above LOD');
});

test('the line goes on being read for its delay after the window', (t) => {
  const [one] = run(air(0, 12), [open(12)], air(12, 22), [close(22)], air(22, 25, 5), air(25, 30));
  t.is(one?.result, 'indication');
});

test('what could not be judged is not measured, and says why', (t) => {
  const whole = (before: PassageInput[], window: PassageInput[], closed = 22) =>
    run(before, [open(12)], window, [close(closed)], air(closed, closed + 8))[0];
  t.is(whole(air(9, 12), air(12, 22))?.why, 'no baseline');
  t.is(whole(air(0, 12, 3), air(12, 22))?.why, 'unclean baseline');
  t.is(whole(air(0, 12), air(12, 16), 16)?.why, 'too short');
  t.is(whole(air(0, 12), air(12, 22, 9, 80))?.why, 'exhaust');
  t.is(run(air(0, 12), [open(12)], air(12, 22, null), [close(22)], air(22, 30, null))[0]?.why, 'no value');
  t.is(run(air(0, 12), [open(12)], air(12, 80))[0]?.why, 'loop stuck');
  t.is(
    run(
      air(0, 12),
      [open(12)],
      air(12, 22),
      [close(22)],
      air(22, 27),
      [open(27)],
      air(27, 40),
      [close(40)],
      air(40, 50),
    )[1]?.why,
    'purging',
  );
});

test('a vehicle that comes before the air of the one in front is through leaves that one not measured, and is counted', (t) => {
  const [one, two] = run(
    air(0, 12),
    [open(12)],
    air(12, 22),
    [close(22), open(23)],
    air(23, 33),
    [close(33)],
    air(33, 40),
  );
  t.deepEqual([one?.passage, one?.why], [1, 'followed']);
  t.deepEqual([two?.passage, two?.why], [2, 'purging']);
});

test('a window that is no longer seen leaves its passage not measured, once, whatever it says when it is seen again', (t) => {
  const until = (...after: PassageInput[][]) =>
    run(air(0, 12), [open(12)], air(12, 15), [blind(15, 'loop chatters')], air(15, 18), ...after).map(
      ({ passage: n, result, why }) => [n, result, why],
    );
  const whole = [[1, 'not measured', 'loop chatters']];
  t.deepEqual(until([open(18)], air(18, 24), [close(24)], air(24, 30)), whole);
  t.deepEqual(until([close(18)], air(18, 30)), whole);
  // Never seen again: it ends with the longest stay.
  t.deepEqual(until(air(18, 80)), whole);
  // Also when the window was free already, and only its air was on the way.
  const [late] = run(air(0, 12), [open(12)], air(12, 22), [close(22)], air(22, 23), [blind(23)], air(23, 30));
  t.is(late?.why, 'loop lost');
});

test('what was not seen to come is not measured, and the air meanwhile is no baseline', (t) => {
  const [unseen] = run(air(0, 12), [blind(12)], air(12, 30), [open(30)], air(30, 40), [close(40)], air(40, 50));
  t.deepEqual([unseen?.result, unseen?.why], ['not measured', 'loop lost']);
  const free = (quietS: number) => {
    const [from, to] = [30 + quietS, 40 + quietS];
    return run(air(0, 12), [blind(12)], air(12, 30), [close(30)], air(30, from), [open(from)], air(from, to), [
      close(to),
      ...air(to, to + 8),
    ])[0]?.why;
  };
  t.deepEqual([free(3), free(6)], ['no baseline', null]);
});

test('a window that is stuck is blind until it was free: the next passage is measured after clean air', (t) => {
  const stuck = [air(0, 12), [open(12)], air(12, 80)];
  const [state] = runStep(passage(options), freshPassage, stuck.flat());
  t.deepEqual([state.blind, state.clean], ['loop stuck', []]);
  const after = [[close(80)], air(80, 95), [open(95)], air(95, 105), [close(105)], air(105, 112)];
  t.deepEqual(
    run(...stuck, ...after).map(({ passage: n, why }) => [n, why]),
    [
      [1, 'loop stuck'],
      [2, null],
    ],
  );
});

test('a window that was open at a restart was not measured, and numbers go on', (t) => {
  const [state] = runStep(passage(options), freshPassage, [...air(0, 12), open(12), ...air(12, 15)]);
  const [next, one] = restarted(state);
  t.deepEqual([one?.passage, one?.result, one?.why], [1, 'not measured', 'restart']);
  t.deepEqual([next.count, next.open], [1, null]);
  t.is(restarted(next).length, 1);
});

test('a second passage after the purge and a new baseline has the next number', (t) => {
  const [, two] = run(
    air(0, 12),
    [open(12)],
    air(12, 22),
    [close(22)],
    air(22, 45),
    [open(45)],
    air(45, 55),
    [close(55)],
    air(55, 60),
  );
  t.deepEqual([two?.passage, two?.result], [2, 'nothing above LOD']);
});

test('a negative value above LOD of nothing is kept as it is', (t) => {
  const [one] = run(air(0, 12, 0.5), [open(12)], air(12, 22, -0.25), [close(22)], air(22, 30, -0.25));
  t.is(one?.above, -0.75);
});

test('numbers rise by one and every passage has one of three results, whatever the loop does', (t) => {
  const event = fc.constantFrom('opened', 'closed', 'blind', 'value', 'value', 'value', 'gas');
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      const inputs = events.map(
        (is, tS): PassageInput =>
          is === 'opened' || is === 'closed'
            ? { is, tS }
            : is === 'blind'
              ? { is, tS, why: 'loop lost' }
              : { is: 'value', tS, value: is === 'gas' ? 9 : 0, exhaust: 0 },
      );
      const out = run(inputs);
      return out.every(
        ({ passage: n, result, why }, i) => n === i + 1 && (result === 'not measured') === (why !== null),
      );
    }),
  );
  t.pass();
});
