import test from 'ava';
import type { Board } from '../../../daemons/core/config/box.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import type { Measurement } from '../../../daemons/core/values/measurement.ts';
import { gasSection } from '../../../daemons/gas/config.ts';
import { plan } from '../../../daemons/gas/conversions.ts';
import { detect } from '../../../daemons/gas/detect.ts';
import { flown, isAloft } from '../../../daemons/gas/detection/flight.ts';
import { freshTaken } from '../../../daemons/gas/detection/taken-for.ts';
import { freshGrounds } from '../../../daemons/gas/grounds/grounds.ts';
import { type JudgingState, judging } from '../../../daemons/gas/judging.ts';
import { stampAt } from '../../support/readings.ts';

const of = (sensor: string, quantity: string, value: number, tS: number): Measurement => ({
  ...{ sensor, quantity, at: stampAt(tS), value, unit: 'ppm', u: null },
  ...{ flags: [], calibration: null },
});

test('a box is aloft from two metres on, until it was not told so for ten seconds', (t) => {
  const up = flown(null, of('feed', 'pos-above', 30, 5));
  t.deepEqual(
    [5, 6, 15, 16].map((tS) => isAloft(up, stampAt(tS))),
    [false, true, true, false],
  );
  t.is(flown(null, of('feed', 'pos-above', 1.9, 5)), null);
  t.is(flown(null, of('else', 'pos-above', 30, 5)), null);
  t.false(isAloft(up, { ...stampAt(6), boot: 'another' }));
});

const section = gasSection.parse({
  samplePeriodMs: 1000,
  change: { blockSamples: 4, blocks: 6, learnBlocks: 2, up: 5, leastSpread: 1, of: 4, least: 3 },
  rules: [
    {
      ...{ kind: 'change', family: 'evidence', severity: 'warning', score: { change: 'ammonia' }, on: 80, off: 40 },
      ...{ raiseAfter: 1, clearAfter: 1 },
    },
  ],
});
const levelAfter = (aboveM: number, moves: boolean): number | null | undefined => {
  const line = judging({ section, model: null, grounded: null, moves, detected: detect(section.rules, null, []) });
  let state: JudgingState = { channels: {}, taken: freshTaken, flight: null, detect: {}, grounds: freshGrounds() };
  for (let s = 0; s < 80; s++) {
    const flies = s >= 20;
    const measurements = [of('feed', 'pos-above', flies ? aboveM : 0, s), of('nh3', 'ammonia', s > 20 ? 5 : 1, s)];
    const done = line.judge(state, measurements, { looks: [], words: [] });
    state = { ...state, channels: done.channels, flight: done.flight, detect: done.memory };
  }
  return state.channels.ammonia?.baseline.level;
};

test('a baseline stands still in flight, and follows on the ground and at a post whose drone flies', (t) => {
  t.is(levelAfter(30, true), 1);
  t.true((levelAfter(1, true) ?? 0) > 2);
  t.true((levelAfter(30, false) ?? 0) > 2);
});

const sensors = [
  { id: 'bme', serial: '1', part: 'bme68x' },
  { id: 'pid', serial: '2', part: 'analog-cell' },
];
const planned = (unit: string, channel: string) => {
  const array = [{ channel: 'mox/a0', quantity: 'mox-1' }];
  const board = { board: 'b', sensors, array, quantities: [{ quantity: 'voc', unit, channel }] };
  return plan(board as unknown as Board, new Map(), { inForce: () => null });
};

test('a metal-oxide element alone shows no concentration: a board that says so is refused by name', (t) => {
  for (const channel of ['bme/gas', 'mox/a0'])
    for (const unit of ['ppm', 'ppb', 'mg/m3', 'ug/m3']) {
      const error = t.throws(() => planned(unit, channel));
      t.true(isFault(error));
      t.true(error?.message.includes(`${channel} is a metal-oxide element, which alone shows no ${unit}`));
    }
  t.notThrows(() => planned('ohm', 'bme/gas'));
  t.notThrows(() => planned('ppm', 'pid/voc'));
  // What the array gives is a ratio.
  t.is(planned('ppm', 'pid/voc').conversions.find(({ quantity }) => quantity === 'mox-1')?.unit, '1');
});
