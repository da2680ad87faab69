import test from 'ava';
import '../../support/english.ts';
import { gist, shownScore } from '../../../daemons/console/web/gist.ts';

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

test('a measured value below its LOD is <LOD; without an LOD it is the number, negative or not', (t) => {
  t.is(gist({ evidence: [{ ...row('ammonia', -0.31, 'ppm', 0.2), lod: 0.5 }] }), 'ammonia <LOD');
  t.is(gist({ evidence: [{ ...row('ammonia', 0.5, 'ppm', 0.2), lod: 0.5 }] }), 'ammonia 0.50 ± 0.20 ppm');
  t.is(gist({ evidence: [row('ammonia', -0.31, 'ppm', 0.2)] }), 'ammonia -0.31 ± 0.20 ppm');
});

test('a score that is the reading is shown as one; a score of anything else is a number', (t) => {
  const ammonia = { ...row('ammonia', -0.31, 'ppm', 0.2), lod: 0.5 };
  t.is(shownScore({ score: -0.31, evidence: [ammonia] }), '<LOD');
  t.is(shownScore({ score: 6.2, evidence: [ammonia] }), '6.20');
  t.is(shownScore({ score: -0.31, evidence: [row('ammonia', -0.31, 'ppm', 0.2)] }), '-0.31');
  t.is(shownScore({ score: 0.2, evidence: [{ ...ammonia, value: 0.2 }, row('p(air)', 0.2)] }), '0.20');
  t.is(shownScore({ score: 0.2, evidence: [] }), '0.20');
});

test('an alert without a value says nothing of it', (t) => {
  t.is(gist({ evidence: [row('ammonia', null, 'ppm')] }), '');
  t.is(gist({ evidence: [] }), '');
});
