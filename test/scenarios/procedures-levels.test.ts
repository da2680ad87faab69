/** An adjustment at more than two levels, at the real gas daemon. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type { Adjustment } from '../../daemons/core/values/calibration.ts';
import { edit, gasBox } from '../support/gas-box.ts';
import { asks, quick, technician } from '../support/technician.ts';

const target = 'nh3/ammonia';
const strong = {
  id: 'nh3-50',
  gas: 'ammonia',
  applied: 50,
  uPercent: 4,
  lot: 'SIM-8',
  certificate: 'SIMULATED',
  expires: '2099-12-31',
  balance: 'synthetic air',
};

test.serial('three levels and zero make one fit, shown at a level that it has not seen', async (t) => {
  t.timeout(180_000);
  const box = await gasBox(t, quick);
  edit(path.join(box.state, 'gases.yaml'), ({ gases }) => ({ gases: [...(gases as object[]), strong] }));
  const one = await technician(t, box);
  const gases = { zero: 'zero-air', span: 'nh3-25', levels: ['nh3-50'], second: 'nh3-10' };
  one.ask({ ask: 'begin', target, kind: 'adjustment', by: 'tech-7', ...gases });
  for (const [stage, ppm] of [
    ['flow', null],
    ['leak', null],
    ['as-found-zero', 0],
    ['as-found-span', 25],
    ['adjust-zero', 0],
    ['adjust-span', 25],
    ['adjust-level', 50],
    ['as-left', 10],
  ] as const) {
    const { running } = await one.until(asks(stage));
    if (ppm !== null) {
      t.is(running?.gas?.applied, ppm);
      await box.connect('modbus-tcp', { ammonia: ppm });
    }
    one.ask({ ask: 'next' });
  }
  const { running } = await one.until((view) => view.running?.ending != null);
  t.is(running?.ending?.result, 'adjusted', JSON.stringify(running));
  const { calibrations } = JSON.parse(readFileSync(path.join(box.state, 'calibrations.json'), 'utf8')) as {
    calibrations: Adjustment[];
  };
  const record = calibrations.at(-1);
  t.is(record?.method, 'multi-point');
  t.deepEqual(
    record?.points.map(({ applied }) => applied),
    [0, 25, 50],
  );
  t.is(record?.levels, 3);
  t.is(record?.gases.length, 4);
  t.deepEqual(record?.line?.flow, { by: 'hand', value: null, unit: null });
});
