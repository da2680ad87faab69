import test from 'ava';
import { outerRings } from '../../../daemons/core/geo/rings.ts';

const square = (x: number, side: number, reverse = false) => {
  const ring = [
    [x, 0],
    [x + side, 0],
    [x + side, side],
    [x, side],
    [x, 0],
  ] as (readonly [number, number])[];
  return reverse ? ring.toReversed() : ring;
};

test('holes run the other way round than the largest ring, whichever way that is', (t) => {
  for (const turned of [false, true]) {
    const [large, small, hole] = [square(0, 10, turned), square(20, 2, turned), square(3, 4, !turned)];
    t.deepEqual(outerRings([hole, small, large]), [large, small]);
  }
  t.deepEqual(outerRings([]), []);
});
