import test from 'ava';
import { drivers } from '../../../daemons/gas/drivers.ts';
import { fuzz, targets } from '../../bench/fuzz.ts';

for (const target of targets) {
  test(`${target.part}: mutated frames neither crash it nor come out as another value`, (t) => {
    t.not(target.decode(target.frame), null, 'the sound frame has values');
    t.deepEqual(fuzz(target, 3000, 1).wrong, []);
  });
}

test('every driver has frames to be mutated', (t) => {
  const parts = new Set(targets.map(({ part }) => part.replace(/ \(.*\)$/, '')));
  t.deepEqual([...parts].sort(), drivers.map(({ part }) => part).sort());
});

test('the fuzz tells a decoder that drops its check', (t) => {
  const [first] = targets;
  if (!first) throw new Error('no target');
  const blind = fuzz({ ...first, decode: (frame) => [{ channel: 'x', value: frame[0] ?? 0, flags: [] }] }, 1000, 1);
  t.true(blind.wrong.length > 0);
});
