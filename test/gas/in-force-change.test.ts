import test from 'ava';
import { board } from '../../daemons/core/config/box.ts';
import type { Adjustment } from '../../daemons/core/values/calibration.ts';
import { changeEvent, type Meanings, meaningsOf } from '../../daemons/gas/in-force-change.ts';
import { adjustmentOf } from '../support/calibration-records.ts';

const plain = {
  board: 'b',
  ports: { i2c: { main: { bus: 1 } } },
  sensors: [
    { id: 'nh3', part: 'modbus', serial: 'SN-1', port: 'main', options: { unit: 1 } },
    {
      id: 'cells',
      part: 'analog-cell',
      serial: 'SN-9',
      port: 'main',
      options: { cells: [{ name: 'voc', factor: { value: 1.1 } }] },
    },
    { id: 'air', part: 'sht4x', serial: 'SN-8', port: 'main' },
  ],
  climate: { temperature: 'air/temperature', humidity: 'air/humidity' },
  array: [
    {
      quantity: 'mox-1',
      part: 'TGS2602',
      channel: 'cells/a0',
      loadOhm: 1e4,
      supplyMv: 5000,
      r0Ohm: 1e4,
      perDegree: -0.02,
      perLnHumidity: -0.1,
    },
  ],
  quantities: [
    { quantity: 'ammonia', unit: 'ppm', channel: 'nh3/ammonia' },
    { quantity: 'acetone', unit: 'ppm', channel: 'cells/voc' },
  ],
};
type Plain = typeof plain;
const changed = (change: (one: Plain) => void): Plain => {
  const copy = structuredClone(plain);
  change(copy);
  return copy;
};
const records: readonly Adjustment[] = [
  { ...adjustmentOf('one'), seal: null },
  { ...adjustmentOf('two'), seal: null },
];
const meanings = (of: Plain, id: string | null = 'one'): Meanings =>
  meaningsOf(board.parse(of), {
    inForce: (sensor, serial) =>
      records.find((one) => one.id === id && one.sensor === sensor && one.serial === serial) ?? null,
  });
const before = meanings(plain);

test('nothing is told where nothing is different, and at the very first start', (t) => {
  t.is(changeEvent(before, meanings(structuredClone(plain))), null);
  t.is(changeEvent(null, before), null);
  t.is(changeEvent(JSON.parse(JSON.stringify(before)) as Meanings, before), null);
});

const cases: readonly (readonly [string, Meanings, RegExp])[] = [
  ['another record', meanings(plain, 'two'), /nh3\/ammonia: its calibration is two, it was one/],
  ['a record that is gone', meanings(plain, null), /its calibration is none, it was one/],
  [
    'another part in the same place',
    meanings(changed((one) => void Object.assign(one.sensors[0] ?? {}, { serial: 'SN-2' }))),
    /nh3\/ammonia: the part is modbus SN-2, it was modbus SN-1, its calibration is none, it was one/,
  ],
  [
    'another response factor',
    meanings(
      changed(
        (one) =>
          void Object.assign(one.sensors[1] ?? {}, { options: { cells: [{ name: 'voc', factor: { value: 0.7 } }] } }),
      ),
    ),
    /cells\/acetone: the file of the board says otherwise/,
  ],
  [
    'another compensation of an element',
    meanings(changed((one) => void Object.assign(one.array[0] ?? {}, { perDegree: -0.03 }))),
    /array\/mox-1: the file of the board/,
  ],
  [
    'another channel',
    meanings(changed((one) => void Object.assign(one.quantities[0] ?? {}, { unit: 'ppb' }))),
    /nh3\/ammonia: the file/,
  ],
  [
    'a quantity less',
    meanings(changed((one) => void one.quantities.pop())),
    /cells\/acetone: is not measured any more/,
  ],
];
for (const [name, now, told] of cases)
  test(`a change of what readings mean is told: ${name}`, (t) => {
    const event = changeEvent(before, now);
    t.is(event?.type, 'calibration-changed');
    t.regex(event?.message ?? '', told);
    const back = changeEvent(now, before);
    t.truthy(back, 'and the way back as well');
  });
