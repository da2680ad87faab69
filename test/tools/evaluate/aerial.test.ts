import test from 'ava';
import { groundFigures } from '../../../daemons/tools/evaluate/aerial.ts';

test('places are within 3 m of the truth from 100 m, and as sure as they say', (t) => {
  for (const figure of groundFigures('aerial.ground', 1, 1000)) t.true(figure.ok, `${figure.id} ${figure.value}`);
});

test('all over the picture and aslant they are as sure as they say too', (t) => {
  for (const id of ['aerial.ground.picture', 'aerial.ground.aslant'] as const)
    for (const figure of groundFigures(id, 4, 1000)) t.not(figure.ok, false, `${figure.id} ${figure.value}`);
});
