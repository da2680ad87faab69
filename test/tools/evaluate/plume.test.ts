import path from 'node:path';
import test from 'ava';
import { evaluatePlume } from '../../../daemons/tools/evaluate/plume.ts';
import { given } from '../../support/needs.ts';

const title = 'recorded releases lie within their 90 % regions';
const folder = given('data/plume-chilbolton', title);
(folder ? test : test.skip)(title, async (t) => {
  const figures = await evaluatePlume(path.dirname(folder ?? ''));
  const region = figures.find(({ id }) => id === 'plume.region');
  t.is(region?.value, 1, region?.note);
});
