import test from 'ava';
import fc from 'fast-check';
import { runStep } from '../../../daemons/core/flow/scan.ts';
import { freshSafety, levelsOf, outputsOf, type SafetyInput, safety } from '../../../daemons/gas/crew/safety.ts';
import { stelOf } from '../../../daemons/gas/crew/stel.ts';
import { stampAt } from '../../support/readings.ts';

const step = safety({ quantity: 'ammonia', a1: 25, a2: 50, stel: 35, stelShare: 0.75 });
const value = (tS: number, ppm: number | null): SafetyInput => ({ is: 'value', at: stampAt(tS), value: ppm });
const run = (inputs: readonly SafetyInput[], from = freshSafety) => runStep(step, from, inputs);

test('an alarm latches after the gas is gone, until a person resets it', (t) => {
  const [state, news] = run([value(0, 1), value(1, 60), value(2, 1)]);
  t.deepEqual(levelsOf(state), ['a1', 'a2']);
  t.deepEqual(
    news.slice(1).map(({ type, levels }) => [type, levels]),
    [['safety-alarm', ['a1', 'a2']]],
  );
  const [after, told] = run([{ is: 'reset', at: stampAt(3), by: 't-17' }], state);
  t.deepEqual(levelsOf(after), []);
  t.deepEqual(
    told.map(({ type, by }) => [type, by]),
    [['safety-reset', 't-17']],
  );
});

test('while gas is over a limit a reset is refused and says so', (t) => {
  const [state, news] = run([value(0, 30), { is: 'reset', at: stampAt(1), by: 't-17' }]);
  t.deepEqual(levelsOf(state), ['a1']);
  t.deepEqual(
    news.flatMap(({ type }) => (type === 'safety-stel-unknown' ? [] : [type])),
    ['safety-alarm', 'safety-reset-refused'],
  );
});

/** A value every ten seconds for so many minutes. */
const minutes = (from: number, n: number, ppm: number | null): SafetyInput[] =>
  Array.from({ length: n * 6 }, (_, i) => value(from * 60 + i * 10, ppm));

test('STEL is the time-weighted mean of 15 minutes: behind clean air 14 minutes at 37 are not enough, 15 are', (t) => {
  const clean = minutes(0, 15, 0);
  t.false(levelsOf(run([...clean, ...minutes(15, 14, 37), value(29 * 60, 37)])[0]).includes('stel'));
  const [long] = run([...clean, ...minutes(15, 15, 37), value(30 * 60, 37)]);
  t.true(levelsOf(long).includes('stel'));
  t.true(Math.abs((stelOf(long.minutes, stampAt(1800), 0.75).mean ?? 0) - 37) < 0.5);
});

test('time that was not measured thins no mean: half of it a gap, and the other half well over, still alarms', (t) => {
  // 5 of 15 minutes are gaps. Counted as clean they would give 30 of 35; what was measured says 45.
  const gaps = [...minutes(0, 5, null), ...minutes(5, 10, 45), value(900, 45)];
  const dense = safety({ quantity: 'ammonia', stel: 35, stelShare: 0.6 });
  t.deepEqual(levelsOf(runStep(dense, freshSafety, gaps)[0]), ['stel']);
});

test('with too little measured STEL is not known and that is said once, and once when it is known again', (t) => {
  const [, news] = run([...minutes(0, 15, 1), ...minutes(15, 6, null), ...minutes(21, 13, 1)]);
  t.deepEqual(
    news.map(({ type }) => type),
    ['safety-stel-unknown', 'safety-stel-known', 'safety-stel-unknown', 'safety-stel-known'],
  );
  const [, gone] = news.slice(1);
  t.true(Math.abs((gone?.share ?? 0) - 0.75) < 0.02);
});

test('gas that is over the limit whatever the unmeasured time was alarms although STEL is not known', (t) => {
  const [state, news] = run([...minutes(0, 10, null), ...minutes(10, 5, 200), value(900, 200)]);
  t.true(levelsOf(state).includes('stel'));
  t.deepEqual(
    news.map(({ type }) => type),
    ['safety-stel-unknown', 'safety-alarm', 'safety-alarm'],
  );
});

test('STEL that was over stays over until it is known to be under: a reset is refused', (t) => {
  const over = run([...minutes(0, 15, 40), value(900, 40)])[0];
  const [gap] = run([...minutes(15.5, 14, null), value(30 * 60, 1)], over);
  t.deepEqual(gap.over, ['stel']);
  t.is(run([{ is: 'reset', at: stampAt(1801), by: 't-17' }], gap)[1][0]?.type, 'safety-reset-refused');
  const [known] = run([...minutes(31, 13, 1), value(44 * 60, 1)], gap);
  t.deepEqual(known.over, []);
});

test('a gap is not gas, and ends nothing', (t) => {
  const [state] = run([value(0, 60), value(1, null), { is: 'reset', at: stampAt(2), by: 't-17' }]);
  t.deepEqual(levelsOf(state), ['a1', 'a2']);
});

test('a mute takes the sound away for its time, and leaves beacon and relay', (t) => {
  const [state, news] = run([value(0, 30), { is: 'mute', at: stampAt(1), by: 't-17', untilNs: 61e9 }]);
  t.deepEqual(news.at(-1)?.type, 'safety-muted');
  t.deepEqual(outputsOf([state], stampAt(30), true), { sounder: false, beacon: true, relayEnergised: false });
  t.deepEqual(outputsOf([state], stampAt(61), true), { sounder: true, beacon: true, relayEnergised: false });
});

test('a mute ends at the next level, after a restart of the machine, and after a quarter of an hour', (t) => {
  const [state] = run([value(0, 30), { is: 'mute', at: stampAt(1), by: 't-17', untilNs: 9e15 }]);
  t.true(outputsOf([run([value(2, 60)], state)[0]], stampAt(3), true).sounder);
  t.true(outputsOf([state], { ...stampAt(2), boot: 'another' }, true).sounder);
  t.true(outputsOf([state], stampAt(1 + 15 * 60), true).sounder);
});

test('the relay is energised when all is well, and falls when nothing watches', (t) => {
  t.deepEqual(outputsOf([freshSafety], stampAt(0), true), { sounder: false, beacon: false, relayEnergised: true });
  t.deepEqual(outputsOf([freshSafety], stampAt(0), false), { sounder: false, beacon: true, relayEnergised: false });
});

const inputs = fc.array(
  fc.oneof(
    fc.record({ is: fc.constant('value' as const), ppm: fc.option(fc.constantFrom(0, 10, 30, 60, -1)) }),
    fc.record({ is: fc.constant('mute' as const) }),
  ),
  { maxLength: 60 },
);

test('without a reset no input ends an alarm, and the relay is never energised in one', (t) => {
  fc.assert(
    fc.property(inputs, (list) => {
      let state = freshSafety;
      list.forEach((one, i) => {
        const before = levelsOf(state);
        const at = stampAt(i * 5);
        const input: SafetyInput =
          one.is === 'mute'
            ? { is: 'mute', at, by: 'p', untilNs: at.monoNs + 1e10 }
            : { is: 'value', at, value: one.ppm };
        state = step(state, input)[0];
        if (before.some((level) => !levelsOf(state).includes(level))) throw new Error('an alarm ended by itself');
        if (levelsOf(state).length > 0 && outputsOf([state], at, true).relayEnergised) throw new Error('relay');
        if (JSON.stringify(JSON.parse(JSON.stringify(state))) !== JSON.stringify(state)) throw new Error('not JSON');
      });
    }),
  );
  t.pass();
});
