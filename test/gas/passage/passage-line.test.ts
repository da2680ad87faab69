import path from 'node:path';
import test from 'ava';
import { profile, readConfig } from '../../../daemons/core/config/box.ts';
import { parseValue } from '../../../daemons/core/config/parse.ts';
import type { Flag } from '../../../daemons/core/values/flags.ts';
import type { Measurement } from '../../../daemons/core/values/measurement.ts';
import { gasSection } from '../../../daemons/gas/config.ts';
import { frozenPassage, thawPassage } from '../../../daemons/gas/passage/frozen.ts';
import { freshPassageLine, passageLine } from '../../../daemons/gas/passage/passage-line.ts';
import type { PassageSection } from '../../../daemons/gas/passage/section.ts';
import { stampAt } from '../../support/readings.ts';

const file = path.join(import.meta.dirname, '../../../firmware-configs/profiles/checkpoint.yaml');
const shipped = parseValue(file, readConfig(file, profile).gas ?? {}, gasSection).passage as PassageSection;
const section = { ...shipped, baselineS: 5, baselineLeast: 4, dwellS: 3, delayS: 1, purgeS: 1, longestS: 20 };
const line = passageLine(section);

const measured = (
  quantity: string,
  seconds: number,
  value: number | null,
  flags: readonly Flag[] = [],
): Measurement => ({
  ...{ sensor: 's', quantity, at: stampAt(seconds), value, unit: '1', u: 0, flags, calibration: null },
});
/** A second of a checkpoint: what the loop says, or the flag of its gap, and clean air. */
const second = (at: number, loop: 0 | 1 | Flag): Measurement[] => [
  typeof loop === 'number' ? measured(section.window, at, loop) : measured(section.window, at, null, [loop]),
  measured(section.value, at + 0.5, 0.25),
];
const stretch = (from: number, to: number, loop: 0 | 1 | Flag): Measurement[] =>
  Array.from({ length: to - from }, (_, i) => second(from + i, loop)).flat();
const told = (...stretches: Measurement[][]) =>
  line
    .look(freshPassageLine, stretches.flat())
    .events.map(({ type, detail: { passage, result, why } }) =>
      type === 'passage' ? [passage, why ?? result] : why === undefined ? type : `${type}: ${why}`,
    );

test('the occupied loop opens a window, the free one closes it, and nothing is told of a loop that is seen', (t) => {
  t.deepEqual(told(stretch(0, 8, 0), stretch(8, 13, 1), stretch(13, 17, 0)), [[1, 'nothing above LOD']]);
});

test('a cable or a chip that vanishes: told once, the passage is not measured, and told when it is back', (t) => {
  const gone = stretch(11, 14, 'absent');
  t.deepEqual(told(stretch(0, 8, 0), stretch(8, 11, 1), gone, stretch(14, 16, 1), stretch(16, 20, 0)), [
    'window-blind: loop lost',
    'window-seen',
    [1, 'loop lost'],
  ]);
  t.deepEqual(told(stretch(0, 8, 0), stretch(8, 11, 'absent'), stretch(11, 14, 0)), [
    'window-blind: loop lost',
    'window-seen',
  ]);
});

test('a loop that chatters is told as that, and what stands in it then is not measured', (t) => {
  const gap = stretch(10, 12, 'instrument-fault');
  t.deepEqual(told(stretch(0, 8, 0), stretch(8, 10, 1), gap, stretch(12, 16, 0)), [
    'window-blind: loop chatters',
    'window-seen',
    [1, 'loop chatters'],
  ]);
});

test('a loop that sticks is told after the longest stay, and once it is free again the next passage is measured', (t) => {
  t.deepEqual(told(stretch(0, 8, 0), stretch(8, 40, 1), stretch(40, 48, 0), stretch(48, 53, 1), stretch(53, 57, 0)), [
    'window-blind: loop stuck',
    [1, 'loop stuck'],
    'window-seen',
    [2, 'nothing above LOD'],
  ]);
});

test('a vehicle that stands in the window when the box starts was not seen to come', (t) => {
  t.deepEqual(told(stretch(0, 8, 1), stretch(8, 12, 0)), [[1, 'no baseline']]);
});

test('a window that was blind before a restart is told as seen when it is, and the state outlives it as JSON', (t) => {
  const before = line.look(freshPassageLine, [...stretch(0, 8, 0), ...stretch(8, 10, 'absent')]).state;
  const thawed = thawPassage(JSON.parse(JSON.stringify(before)));
  t.deepEqual(thawed, before);
  const booted = stretch(0, 2, 0).map((one) => ({ ...one, at: { ...one.at, boot: 'another' } }));
  t.deepEqual(
    line.look(thawed, booted).events.map(({ type }) => type),
    ['window-seen'],
  );
});

test('a state that was kept before windows could be blind is taken as one that is seen', (t) => {
  const { passages, ...rest } = line.look(freshPassageLine, stretch(0, 3, 0)).state;
  const { blind, ...older } = passages;
  t.is(blind, null);
  t.is(frozenPassage.parse({ ...rest, passages: older }).passages.blind, null);
});
