import path from 'node:path';
import test from 'ava';
import { type Board, board as boardShape, loadBox } from '../../daemons/core/config/box.ts';
import { runStep } from '../../daemons/core/flow/scan.ts';
import type { Flag } from '../../daemons/core/values/flags.ts';
import type { Reading } from '../../daemons/core/values/reading.ts';
import { frozenWarmth, recallWarmth, warmth } from '../../daemons/gas/quality/frozen.ts';
import { rulesOf } from '../../daemons/gas/quality/rules.ts';
import { freshQuality, quality } from '../../daemons/gas/quality.ts';
import { reading, stampAt } from '../support/readings.ts';

const folder = path.join(import.meta.dirname, '../../firmware-configs');
const { board: shipped } = loadBox(folder, 'post-1');
const converter = { address: 72, fullScaleMv: 4096, rate: 860, channels: ['a0', 'a1', 'a2', 'a3'] };
const boardOf = (sensor: object, more: object = {}): Board =>
  boardShape.parse({
    board: 'test',
    ports: { i2c: { main: { bus: 1 } } },
    sensors: [{ id: 'mox', part: 'ads1115', serial: 'S', port: 'main', options: converter, ...sensor }],
    ...more,
  });
const step = (board: Board) => {
  const rules = rulesOf(board);
  return { judge: quality(rules, board.climate), fresh: () => freshQuality(rules) };
};
const flagsOf = (board: Board, readings: readonly Reading[]): (readonly Flag[])[] => {
  const { judge, fresh } = step(board);
  return runStep(judge, fresh(), readings)[1].map(({ flags }) => flags);
};
const broken = (flag: Flag, seconds: number): Reading => ({ ...reading('mox', 'a0', null, seconds), flags: [flag] });
/** A value that never repeats itself. */
const alive = (i: number): number => 900 + 5 * Math.sin(i * 1.7);

test("a converter's own codes are stuck after thirty without a word in the board file; a coarse analyzer may repeat itself", (t) => {
  const same = (sensor: string, channel: string) =>
    Array.from({ length: 40 }, (_, i) => reading(sensor, channel, 1, i));
  t.is(
    flagsOf(boardOf({}), same('mox', 'a0')).findIndex((flags) => flags.includes('stuck')),
    29,
  );
  t.false(flagsOf(shipped, same('pid', 'voc')).some((flags) => flags.includes('stuck')));
});

test('a judgement that the board file switches off is not made', (t) => {
  const same = Array.from({ length: 40 }, (_, i) => reading('mox', 'a0', 4095, i));
  const off = {
    stuckAfter: false,
    quality: { saturated: false, spike: false, rate: false, flatline: false, crc: false },
  };
  t.deepEqual(new Set(flagsOf(boardOf(off), same).flat()), new Set());
  t.deepEqual(new Set(flagsOf(boardOf({}), same).flat()), new Set(['saturated', 'stuck']));
});

test('channels of a sensor are judged apart', (t) => {
  const both = Array.from({ length: 40 }, (_, i) => [reading('mox', 'a0', 1, i), reading('mox', 'a1', alive(i), i)]);
  const flags = flagsOf(boardOf({}), both.flat());
  t.true(flags.at(-2)?.includes('stuck'));
  t.deepEqual(flags.at(-1), []);
});

test('values count once the sensor is warm; a restart of the daemon keeps it warm, a restart of the box does not', (t) => {
  const { judge, fresh } = step(boardOf({ quality: { warmUpS: 30 } }));
  const isCold = (readings: readonly Reading[], from = fresh()): readonly [boolean[], ReturnType<typeof fresh>] => {
    const [state, out] = runStep(judge, from, readings);
    return [out.map(({ flags }) => flags.includes('warming-up')), state];
  };
  const [first, state] = isCold([0, 29, 30].map((s) => reading('mox', 'a0', alive(s), s)));
  t.deepEqual(first, [true, true, false]);
  const again = fresh();
  recallWarmth(frozenWarmth.parse(JSON.parse(JSON.stringify(warmth(state)))), again);
  t.deepEqual(isCold([reading('mox', 'a0', 1, 31)], again)[0], [false]);
  const other = { ...reading('mox', 'a0', 1, 40), at: { ...stampAt(40), boot: 'another' } };
  t.deepEqual(isCold([other], again)[0], [true]);
});

test('a sensor that was unplugged warms up again; one that was silent does not', (t) => {
  const board = boardOf({ quality: { warmUpS: 30, crc: false } });
  const at = (s: number): Reading => reading('mox', 'a0', alive(s), s);
  t.deepEqual(
    flagsOf(board, [at(0), at(40), broken('timeout', 41), at(42), broken('absent', 43), at(44)]).map((flags) =>
      flags.includes('warming-up'),
    ),
    [true, false, false, false, false, true],
  );
});

test('values are doubted while more than a tenth of the looks break on the wire, and a gap keeps its own reason only', (t) => {
  const looks = (share: number, count: number, from: number): Reading[] =>
    Array.from({ length: count }, (_, i) =>
      i % Math.round(1 / share) === 0 ? broken('checksum', from + i) : reading('mox', 'a0', alive(i), from + i),
    );
  const said = (readings: readonly Reading[]) => flagsOf(boardOf({}), readings);
  t.false(
    said(looks(0.05, 400, 0))
      .flat()
      .includes('crc-rate'),
  );
  const noisy = said([...looks(0.25, 200, 0), ...looks(0.01, 200, 200)]);
  t.true(noisy.slice(100, 200).some((flags) => flags.includes('crc-rate')));
  t.deepEqual(noisy[196], ['checksum']);
  t.false(noisy.at(-1)?.includes('crc-rate'));
  t.false(
    said(Array.from({ length: 99 }, (_, i) => broken('absent', i)))
      .flat()
      .includes('crc-rate'),
  );
});

test('a heater out of its band for ten seconds flags the elements it heats, not the channel that measures it', (t) => {
  const board = boardOf({ quality: { heater: { channel: 'shunt/a0', low: 100, high: 200 } } });
  const two = boardShape.parse({
    ...board,
    sensors: [...board.sensors, { ...board.sensors[0], id: 'shunt' }].map((one) => ({
      ...one,
      quality: one.id === 'shunt' ? {} : one.quality,
    })),
  });
  const all = Array.from({ length: 60 }, (_, s) => [
    reading('shunt', 'a0', s < 20 || s > 40 ? 150 + (s % 3) : 3 + (s % 3), s),
    reading('mox', 'a0', alive(s), s),
  ]).flat();
  const flagged = flagsOf(two, all).flatMap((flags, i) => (flags.includes('heater') ? [[all[i]?.sensor, i >> 1]] : []));
  t.deepEqual(flagged[0], ['mox', 30]);
  t.deepEqual(flagged.at(-1), ['mox', 50]);
  t.is(flagged.length, 21);
});

test('a judged flag that is there already is not given twice: a replay of what was kept comes to the same', (t) => {
  const { judge, fresh } = step(boardOf({}));
  const readings = Array.from({ length: 60 }, (_, i) => reading('mox', 'a0', 4095, i));
  const [, once] = runStep(judge, fresh(), readings);
  const [, twice] = runStep(judge, fresh(), once);
  t.deepEqual(twice, once);
});
