import test from 'ava';
import { fuzz, targets } from '../../bench/fuzz.ts';

for (const target of targets) {
  test(`${target.part}: mutated frames neither crash it nor come out as another value`, (t) => {
    t.not(target.decode(target.frame), null, 'the sound frame has values');
    t.deepEqual(fuzz(target, 3000, 1).wrong, []);
  });
}

test('the fuzz tells a decoder that drops its check', (t) => {
  const [first] = targets;
  if (!first) throw new Error('no target');
  const blind = fuzz({ ...first, decode: (frame) => [{ channel: 'x', value: frame[0] ?? 0, flags: [] }] }, 1000, 1);
  t.true(blind.wrong.length > 0);
});
