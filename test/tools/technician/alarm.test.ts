import test from 'ava';
import { alarmAsText } from '../../../daemons/tools/technician/alarm.ts';

const gas = (value: number | null, lod?: number | null) => ({
  quantity: 'ammonia',
  unit: 'ppm',
  limits: { a1: 25, a2: 35, stel: null, source: 'sheet' },
  value,
  ...(lod === undefined ? {} : { lod }),
  flags: [],
  stel: { mean: null, share: 0 },
  latched: [],
  over: [],
  mutedS: null,
  watched: true,
});
const line = (value: number | null, lod?: number | null) =>
  alarmAsText({ gases: [gas(value, lod)], outputs: null })[1]?.split(';')[0];

test('what the crew breathes below the LOD is told as that, with what was measured', (t) => {
  t.is(line(-0.3, 0.5), 'ammonia: <LOD (-0.3 measured, LOD 0.5 ppm)');
  t.is(line(0.5, 0.5), 'ammonia: 0.5 ppm');
});

test('without an LOD, or a value, nothing is made up', (t) => {
  t.is(line(-0.3), 'ammonia: -0.3 ppm');
  t.is(line(-0.3, null), 'ammonia: -0.3 ppm');
  t.is(line(null, 0.5), 'ammonia: no value ppm');
});
