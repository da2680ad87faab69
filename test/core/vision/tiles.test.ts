import test from 'ava';
import fc from 'fast-check';
import type { PixelBox, Sighting } from '../../../daemons/core/values/frame.ts';
import { areaOf, overSmaller, overUnion, suppress } from '../../../daemons/core/vision/boxes.ts';
import { mergeTiles } from '../../../daemons/core/vision/merge.ts';
import { overlapOf, tilesOf, withFullFrame } from '../../../daemons/core/vision/tiles.ts';

test("tiles cover every pixel, stay inside, have the model's size and overlap as wanted", (t) => {
  const side = fc.integer({ min: 1, max: 900 });
  fc.assert(
    fc.property(
      side,
      side,
      fc.integer({ min: 16, max: 200 }),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      (width, height, tile, share) => {
        const overlap = Math.floor(tile * share);
        const tiles = tilesOf({ width, height }, { tile: { width: tile, height: tile }, overlap });
        for (const { x0, y0, x1, y1 } of tiles) {
          t.true(x0 >= 0 && y0 >= 0 && x1 <= width && y1 <= height);
          t.deepEqual([x1 - x0, y1 - y0], [Math.min(tile, width), Math.min(tile, height)]);
        }
        const columns = [...new Set(tiles.map(({ x0 }) => x0))].toSorted((a, b) => a - b);
        t.is(columns[0], 0);
        t.is((columns.at(-1) ?? 0) + Math.min(tile, width), width);
        columns.slice(1).forEach((x, i) => {
          t.true((columns[i] ?? 0) + tile - x >= overlap, `${columns}`);
        });
      },
    ),
    { numRuns: 200 },
  );
});

test('the overlap holds the largest thing, by the ground sample distance, and never more than half', (t) => {
  const tile = { width: 320, height: 240 };
  t.is(overlapOf(tile, 2, 2), 100);
  t.is(overlapOf(tile, 2, 4), 50);
  t.is(overlapOf(tile, 2, 0.5), 120);
  t.is(overlapOf(tile, null, 2), 48);
  t.is(overlapOf(tile, 2, null), 48);
});

test('one tile is the whole picture, several get the whole picture beside them', (t) => {
  const whole = { x0: 0, y0: 0, x1: 50, y1: 40 };
  const picture = { width: 50, height: 40 };
  t.deepEqual(withFullFrame(picture, tilesOf(picture, { tile: { width: 64, height: 64 }, overlap: 8 })), [whole]);
  const several = withFullFrame(picture, tilesOf(picture, { tile: { width: 32, height: 32 }, overlap: 8 }));
  t.deepEqual([several.length, several[0]], [5, whole]);
});

const box = (x0: number, y0: number, x1: number, y1: number): PixelBox => ({ x0, y0, x1, y1 });
const at = (label: string, score: number, ...sides: [number, number, number, number]): Sighting => ({
  label,
  score,
  box: box(...sides),
});

test('overlap by union and by the smaller', (t) => {
  t.is(overUnion(box(0, 0, 10, 10), box(5, 0, 15, 10)), 1 / 3);
  t.is(overSmaller(box(0, 0, 10, 10), box(2, 2, 4, 4)), 1);
  t.is(overSmaller(box(0, 0, 10, 10), box(10, 0, 20, 10)), 0);
});

test('suppression keeps the best of a label and lets other labels stand', (t) => {
  const found = [
    at('a', 0.5, 0, 0, 10, 10),
    at('a', 0.9, 1, 0, 11, 10),
    at('b', 0.4, 0, 0, 10, 10),
    at('a', 0.3, 30, 0, 40, 10),
  ];
  t.deepEqual(
    suppress(found, 0.45, 10).map(({ label, score }) => [label, score]),
    [
      ['a', 0.9],
      ['b', 0.4],
      ['a', 0.3],
    ],
  );
  t.is(suppress(found, 0.45, 1).length, 1);
});

test("what a tile's edge cut in two is one again, as large as both", (t) => {
  const found = [
    at('a', 0.8, 0, 0, 60, 40),
    at('a', 0.6, 50, 0, 64, 40),
    at('a', 0.7, 200, 0, 220, 40),
    at('b', 0.9, 0, 0, 60, 40),
  ];
  t.deepEqual(mergeTiles(found, 0.5), [
    at('b', 0.9, 0, 0, 60, 40),
    at('a', 0.8, 0, 0, 64, 40),
    at('a', 0.7, 200, 0, 220, 40),
  ]);
});

test('merging never loses ground that a sighting covered, nor adds a label', (t) => {
  const side = fc.integer({ min: 0, max: 50 });
  const any = fc.record({
    label: fc.constantFrom('a', 'b'),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    x: side,
    y: side,
    w: fc.integer({ min: 1, max: 20 }),
    h: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 20 }), (list) => {
      const found = list.map(({ label, score, x, y, w, h }) => at(label, score, x, y, x + w, y + h));
      const merged = mergeTiles(found, 0.5);
      for (const one of found)
        t.true(
          merged.some(
            (other) =>
              other.label === one.label &&
              other.score >= one.score &&
              overSmaller(other.box, one.box) === 1 &&
              areaOf(other.box) >= areaOf(one.box),
          ),
        );
      t.true(merged.length <= found.length);
    }),
  );
});
