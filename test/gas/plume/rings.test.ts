import test from 'ava';
import fc from 'fast-check';
import { ringsOf } from '../../../daemons/gas/plume/rings.ts';

/** Twice the area within rings, holes taken off. */
const doubled = (rings: readonly (readonly (readonly [number, number])[])[]): number =>
  rings.reduce(
    (sum, ring) =>
      sum +
      ring.reduce((own, [x, y], i) => {
        const [u, v] = ring[(i + 1) % ring.length] ?? [x, y];
        return own + x * v - u * y;
      }, 0),
    0,
  );

test('a block of cells is one ring of four corners', (t) => {
  const [ring, ...rest] = ringsOf(Uint8Array.from([1, 1, 1, 1, 1, 1]), 3);
  t.deepEqual(rest, []);
  t.deepEqual(new Set(ring?.map(String)), new Set(['0,0', '3,0', '3,2', '0,2']));
});

test('the outline of any set of cells is closed and encloses as many cells', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.boolean(), { minLength: 6, maxLength: 36 }),
      (columns, raw) => {
        const inside = Uint8Array.from(raw.slice(0, raw.length - (raw.length % columns)), Number);
        const rings = ringsOf(inside, columns);
        for (const ring of rings) t.deepEqual(ring[0], ring.at(-1));
        t.is(doubled(rings), 2 * inside.reduce((sum, one) => sum + one, 0));
      },
    ),
  );
});
