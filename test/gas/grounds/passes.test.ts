import test from 'ava';
import type { Measurement } from '../../../daemons/core/values/measurement.ts';
import { freshPasses, moved, type PassState, passed, type Turned } from '../../../daemons/gas/grounds/passes.ts';
import { samplesOf } from '../../../daemons/gas/locating/feed-channels.ts';
import { stampAt } from '../../support/readings.ts';

const options = { withinM: 50, withinS: 86_400 };
const perDegree = 111_195;

/** What the box's feed tells of a place so many metres north of a corner, as the line hears it. */
const told = (northM: number, tS: number): Measurement[] => {
  const at = stampAt(tS);
  const position = {
    ...{ kind: 'position' as const, monoNs: at.monoNs, lat: 48.2 + northM / perDegree, lon: 16.4 },
    ...{ altM: 200, aboveHomeM: 30, accuracyM: 1, heightAccuracyM: 1 },
  };
  return samplesOf({ wind: null, position: position as never }, at.monoNs).map(({ channel, value }) => ({
    ...{ sensor: 'feed', quantity: channel, at, value, unit: 'm', u: 0 },
    ...{ flags: [], calibration: null },
  }));
};
const fly = (state: PassState, from: number, path: readonly number[]): PassState =>
  path.flatMap((northM, i) => told(northM, from + i)).reduce((all, one) => moved(all, one, options), state);
const turned = (tS: number, active: boolean, more: Partial<Turned> = {}): Turned => {
  const { boot, monoNs, wallMs } = stampAt(tS);
  return { kind: 'ammonia', gas: 'ammonia', active, inletNs: monoNs, boot, wallMs, ...more };
};
/** There, back over the same place and there again; the rule turns on at 100 m each time. */
const over = (northMs: readonly number[]): (number | null)[] => {
  let state = freshPasses;
  let tS = 0;
  return northMs.map((northM) => {
    state = fly(state, tS, [northM - 20, northM - 10, northM]);
    const [found, passes] = passed(state, turned(tS + 2.5, true), options);
    [state] = passed(found, turned(tS + 3, false), options);
    state = fly(state, tS + 4, [northM + 60, northM + 130, northM + 200]);
    tS += 10;
    return passes;
  });
};

test('the first pass is one, a place that was left and come back to is found again', (t) => {
  t.deepEqual(over([100, 110, 90]), [1, 2, 3]);
});

test('another place is a first pass of its own', (t) => {
  t.deepEqual(over([100, 800, 130]), [1, 1, 2]);
});

test('a rule that turns off and on without the box leaving is the same pass', (t) => {
  let state = fly(freshPasses, 0, [100, 101, 102]);
  let passes: number | null = null;
  for (const active of [true, false, true, false, true]) [state, passes] = passed(state, turned(2.5, active), options);
  t.is(passes, 1);
});

test('what a slow sensor still shows on its way makes no find: only the moment at which the rule turns on does', (t) => {
  const [first] = passed(fly(freshPasses, 0, [0, 10]), turned(1.5, true), options);
  const [state, passes] = passed(fly(first, 2, [200, 300, 400]), turned(4.5, true), options);
  t.is(passes, 1);
  t.is(state.finds.ammonia?.length, 1);
});

test('without a position, and with one that is old, passes are not counted', (t) => {
  t.is(passed(freshPasses, turned(1, true), options)[1], null);
  const state = fly(freshPasses, 0, [100]);
  t.is(passed(state, turned(3, true), options)[1], 1);
  t.is(passed(state, turned(3.1, true), options)[1], null);
  t.is(passed(state, turned(1, true, { boot: 'another' }), options)[1], null);
});

test('the place is where the air was taken in, not where it was looked at', (t) => {
  const state = fly(freshPasses, 0, [0, 100, 200, 300, 400]);
  const [found] = passed(state, turned(4.5, true, { inletNs: stampAt(1.5).monoNs }), options);
  const lat = found.finds.ammonia?.[0]?.lat ?? 0;
  t.true(Math.abs((lat - 48.2) * perDegree - 100) < 2);
});

test('what was found a day before says nothing, and another boot still knows what was left', (t) => {
  let state = fly(freshPasses, 0, [100, 101]);
  [state] = passed(state, turned(1.5, true), options);
  [state] = passed(state, turned(2, false), options);
  state = fly(state, 3, [300]);
  const later = stampAt(4).wallMs + 86_500_000;
  t.is(passed(fly(state, 4, [100]), turned(4.5, true, { wallMs: later }), options)[1], 1);
  const inBoot = (one: Measurement): Measurement => ({ ...one, at: { ...one.at, boot: 'next' } });
  const back = told(100, 1)
    .map(inBoot)
    .reduce((all, one) => moved(all, one, options), state);
  t.is(passed(back, turned(1.5, true, { boot: 'next' }), options)[1], 2);
});

test('no more finds are remembered than fifty, and a second rule of the gas makes none of its own', (t) => {
  let state = freshPasses;
  for (let i = 0; i < 60; i++) {
    state = fly(state, 10 * i, [200 * i]);
    for (const kind of ['ammonia', 'ammonia-change']) {
      [state] = passed(state, turned(10 * i + 0.5, true, { kind }), options);
      [state] = passed(state, turned(10 * i + 0.6, false, { kind }), options);
    }
  }
  t.is(state.finds.ammonia?.length, 50);
});
