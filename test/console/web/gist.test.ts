import test from 'ava';
import { gist } from '../../../daemons/console/web/gist.ts';

const row = (quantity: string, value: number | null, unit = '1', u: number | null = null) => ({
  sensor: 'x',
  quantity,
  value,
  unit,
  u,
  calibration: null,
  flags: [],
});

test('an alert of a model says what it is most like', (t) => {
  t.is(
    gist({ evidence: [row('p(air)', 0.02), row('p(toluene)', 0.968), row('mox-1', 0.2)] }),
    'Most like toluene, 97 %',
  );
});

test('an alert of a measured quantity says its value with its uncertainty', (t) => {
  t.is(gist({ evidence: [row('ammonia', 12.34, 'ppm', 0.41)] }), 'ammonia 12.34 ± 0.41 ppm');
});

test('an alert without a value says nothing of it', (t) => {
  t.is(gist({ evidence: [row('ammonia', null, 'ppm')] }), '');
  t.is(gist({ evidence: [] }), '');
});
