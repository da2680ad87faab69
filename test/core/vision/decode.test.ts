import test from 'ava';
import fc from 'fast-check';
import type { VisionOutput } from '../../../daemons/core/model/vision-card.ts';
import type { Sighting } from '../../../daemons/core/values/frame.ts';
import { decode } from '../../../daemons/core/vision/decode.ts';
import type { Decoding, Numbers } from '../../../daemons/core/vision/decoding.ts';

const tensor = (name: string, ...shape: number[]): { name: string; shape: number[]; type: 'float32' } => ({
  name,
  shape,
  type: 'float32',
});

type Tensors = Readonly<Record<string, Numbers>>;
const numbersOf = (shape: readonly number[], values: readonly number[]): Numbers => ({
  shape,
  values: Float32Array.from(values),
});

function decoded(output: VisionOutput, tensors: Tensors, change: Partial<Decoding> = {}): Sighting[] {
  const how: Decoding = {
    output,
    labels: ['plot', 'farm', 'field'],
    wanted: [true, true, false],
    score: 0.5,
    iou: 0.45,
    input: { width: 100, height: 50 },
    ...change,
  };
  return decode((name) => tensors[name] as Numbers, how);
}

/** Labels, scores to two digits and boxes to three. */
const told = (found: readonly Sighting[]): unknown[] =>
  found.map(({ label, score, box }) => [
    label,
    Number(score.toFixed(2)),
    [box.x0, box.y0, box.x1, box.y1].map((one) => Number(one.toFixed(3))),
  ]);

test('scores: the best class, if it is wanted and sure enough', (t) => {
  const output: VisionOutput = { layout: 'scores', scores: tensor('s', 1, 3), activation: 'none' };
  const of = (...values: number[]): unknown[] => told(decoded(output, { s: numbersOf([1, 3], values) }));
  t.deepEqual(of(0.7, 0.2, 0.1), [['plot', 0.7, [0, 0, 1, 1]]]);
  t.deepEqual(of(0.1, 0.2, 0.7), []);
  t.deepEqual(of(0.4, 0.3, 0.3), []);
  const soft = decoded({ ...output, activation: 'softmax' }, { s: numbersOf([1, 3], [2, 0, 0]) });
  t.deepEqual(told(soft), [['plot', 0.79, [0, 0, 1, 1]]]);
});

test('SSD after suppression: classes, scores and count of the model, and no more than there are', (t) => {
  const output: VisionOutput = {
    layout: 'ssd-nms',
    boxes: tensor('b', 1, 3, 4),
    classes: 'c',
    scores: 's',
    count: 'n',
    firstClass: 0,
  };
  const tensors = (count: number): Tensors => ({
    b: numbersOf([1, 3, 4], [0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.9, 0.9, 0, 0, 0, 0]),
    c: numbersOf([1, 3], [0, 1, 0]),
    s: numbersOf([1, 3], [0.9, 0.6, 0.8]),
    n: numbersOf([1], [count]),
  });
  t.deepEqual(told(decoded(output, tensors(2))), [
    ['plot', 0.9, [0.2, 0.1, 0.4, 0.3]],
    ['farm', 0.6, [0.5, 0.5, 0.9, 0.9]],
  ]);
  // The third is no box: it has no size.
  t.is(decoded(output, tensors(1e9)).length, 2);
  t.is(decoded(output, tensors(Number.NaN)).length, 0);
  t.deepEqual(told(decoded({ ...output, firstClass: 1 }, tensors(3))), [['plot', 0.6, [0.5, 0.5, 0.9, 0.9]]]);
});

test('SSD codes: against anchors of every cell, then suppression', (t) => {
  const output: VisionOutput = {
    layout: 'ssd',
    boxes: tensor('b', 1, 3, 4),
    scores: tensor('s', 1, 3, 4),
    activation: 'sigmoid',
    background: true,
    anchors: {
      layers: [
        { size: [1, 2], boxes: [[0.4, 0.2]] },
        { size: [1, 1], boxes: [[0.5, 0.5]] },
      ],
      scales: [10, 10, 5, 5],
    },
  };
  // Anchors lie at (0.25, 0.5), (0.75, 0.5) and (0.5, 0.5).
  const codes = [0, 0, 0, 0, 1, -1, 5 * Math.log(2), 0, 0, 0, 0, 0];
  const [no, yes] = [-5, 3];
  const scores = [no, yes, no, no, no, no, yes, no, yes, no, no, no];
  t.deepEqual(told(decoded(output, { b: numbersOf([1, 3, 4], codes), s: numbersOf([1, 3, 4], scores) })), [
    ['plot', 0.95, [0.05, 0.4, 0.45, 0.6]],
    ['farm', 0.95, [0.51, 0.32, 0.91, 0.72]],
  ]);
});

test('YOLO v5 and v8, upright and turned, in pixels and in shares: the same boxes', (t) => {
  const wanted = [['plot', 0.72, [0.4, 0.4, 0.6, 0.8]]];
  const v5: VisionOutput = {
    layout: 'yolo',
    boxes: tensor('b', 1, 2, 8),
    turned: false,
    objectness: true,
    unit: 'share',
    activation: 'none',
  };
  const rows = [0.5, 0.6, 0.2, 0.4, 0.8, 0.9, 0.1, 0, 0.5, 0.6, 0.2, 0.4, 0.4, 1, 0, 0];
  t.deepEqual(told(decoded(v5, { b: numbersOf([1, 2, 8], rows) })), wanted);
  const v8: VisionOutput = { ...v5, boxes: tensor('b', 1, 7, 2), turned: true, objectness: false, unit: 'pixel' };
  const columns = [50, 51, 30, 30, 20, 20, 20, 20, 0.72, 0.6, 0.1, 0, 0, 0];
  t.deepEqual(told(decoded(v8, { b: numbersOf([1, 7, 2], columns) })), wanted);
});

test('a mask: every connected part with its outline, and its mean score', (t) => {
  const output: VisionOutput = { layout: 'mask', mask: tensor('m', 1, 4, 4, 3), activation: 'none' };
  const drawing = ['pp..', 'p...', '..ff', '..ff'];
  const values = drawing.flatMap((row) =>
    [...row].flatMap((one) => (one === 'p' ? [0.8, 0.1, 0.1] : one === 'f' ? [0, 0.6, 0.4] : [0, 0, 1])),
  );
  const found = decoded(output, { m: numbersOf([1, 4, 4, 3], values) });
  t.deepEqual(told(found), [
    ['plot', 0.8, [0, 0, 0.5, 0.5]],
    ['farm', 0.6, [0.5, 0.5, 1, 1]],
  ]);
  t.deepEqual(found[0]?.outline, [
    [0, 0],
    [0.5, 0],
    [0.5, 0.25],
    [0.25, 0.25],
    [0.25, 0.5],
    [0, 0.5],
    [0, 0],
  ]);
  // A card may say that more cells than these are needed.
  t.deepEqual(
    decoded({ ...output, leastCells: 4 }, { m: numbersOf([1, 4, 4, 3], values) }).map(({ label }) => label),
    ['farm'],
  );
  const numbered = drawing.flatMap((row) => [...row].map((one) => (one === 'p' ? 0 : one === 'f' ? 1 : 2)));
  const plain = decoded({ ...output, mask: tensor('m', 1, 4, 4) }, { m: numbersOf([1, 4, 4], numbered) });
  t.deepEqual(
    plain.map(({ label, score }) => [label, score]),
    [
      ['plot', 1],
      ['farm', 1],
    ],
  );
});

test('a mask that grows: what hangs together from a lower score on counts by its surest cells, and few sure cells are not sure', (t) => {
  const output: VisionOutput = {
    ...{ layout: 'mask', mask: tensor('m', 1, 2, 6, 2), activation: 'none' },
    ...{ leastCells: 3, grow: 0.5 },
  };
  const plot = [
    [0.9, 0.6, 0.9, 0, 0.95, 0.6],
    [0.9, 0, 0, 0, 0.6, 0],
  ];
  const values = plot.flat().flatMap((score) => [score, 1 - score]);
  const how = { labels: ['plot', 'ground'], wanted: [true, false], score: 0.8 };
  // Left: three cells of 0.9 about one of 0.6 are one part. Right: one cell of 0.95 and two of 0.6 are 0.72 on average.
  t.deepEqual(told(decoded(output, { m: numbersOf([1, 2, 6, 2], values) }, how)), [['plot', 0.9, [0, 0, 0.5, 1]]]);
  const { grow: _, ...whole } = output;
  t.deepEqual(told(decoded(whole, { m: numbersOf([1, 2, 6, 2], values) }, how)), []);
});

test('a part that counts by all of its cells is as sure as it is throughout: sure spots in what is doubtful are not', (t) => {
  const output: VisionOutput = {
    ...{ layout: 'mask', mask: tensor('m', 1, 2, 6, 2), activation: 'none' },
    ...{ leastCells: 3, grow: 0.5, by: 'all' },
  };
  const plot = [
    [0.9, 0.8, 0, 0.98, 0.98, 0.55],
    [0.9, 0, 0, 0.98, 0.55, 0.55],
  ];
  const values = plot.flat().flatMap((score) => [score, 1 - score]);
  const how = { labels: ['plot', 'ground'], wanted: [true, false], score: 0.8 };
  const numbers = { m: numbersOf([1, 2, 6, 2], values) };
  // Right: three cells of 0.98 and three of 0.55 are 0.765 on average.
  t.deepEqual(told(decoded(output, numbers, how)), [['plot', 0.87, [0, 0, 0.333, 1]]]);
  t.is(decoded({ ...output, by: 'surest' }, numbers, how).length, 2);
});

test('a heat map: neighbouring hot cells are one sighting', (t) => {
  const output: VisionOutput = { layout: 'heat', heat: tensor('h', 1, 2, 4, 4), activation: 'none', background: true };
  const cells = [
    [0, 0.9, 0, 0],
    [0, 0.6, 0, 0],
    [1, 0, 0, 0],
    [0, 0, 0.7, 0],
    [1, 0, 0, 0],
    [1, 0, 0, 0],
    [1, 0, 0, 0],
    [1, 0, 0, 0],
  ];
  t.deepEqual(told(decoded(output, { h: numbersOf([1, 2, 4, 4], cells.flat()) })), [
    ['plot', 0.9, [0, 0, 0.5, 0.5]],
    ['farm', 0.7, [0.75, 0, 1, 0.5]],
  ]);
});

test('whatever numbers a model gives, sightings are boxes with scores, and few', (t) => {
  const anything = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1e30, 1e30, 0.99));
  const outputs: [VisionOutput, string, number[]][] = [
    [{ layout: 'scores', scores: tensor('x', 1, 3), activation: 'softmax' }, 'x', [1, 3]],
    [
      {
        layout: 'yolo',
        boxes: tensor('x', 1, 6, 8),
        turned: false,
        objectness: true,
        unit: 'share',
        activation: 'none',
      },
      'x',
      [1, 6, 8],
    ],
    [{ layout: 'mask', mask: tensor('x', 1, 4, 4, 3), activation: 'none' }, 'x', [1, 4, 4, 3]],
    [{ layout: 'mask', mask: tensor('x', 1, 4, 4), activation: 'none' }, 'x', [1, 4, 4]],
    [{ layout: 'heat', heat: tensor('x', 1, 4, 4, 3), activation: 'sigmoid', background: false }, 'x', [1, 4, 4, 3]],
  ];
  for (const [output, name, shape] of outputs) {
    const size = shape.reduce((a, b) => a * b, 1);
    fc.assert(
      fc.property(fc.array(anything, { minLength: size, maxLength: size }), (values) => {
        for (const { score, box } of decoded(output, { [name]: numbersOf(shape, values) })) {
          t.true(score >= 0 && score <= 1, `${output.layout}: ${score}`);
          t.true(box.x1 > box.x0 && box.y1 > box.y0 && Math.abs(box.x0) < 10);
        }
      }),
      { numRuns: 100 },
    );
  }
  const everywhere = Array.from({ length: 3000 }, (_, i) => [
    (i % 60) / 60,
    Math.floor(i / 60) / 50,
    0.01,
    0.01,
    1,
    1,
    0,
    0,
  ]).flat();
  const yolo: VisionOutput = {
    layout: 'yolo',
    boxes: tensor('x', 1, 3000, 8),
    turned: false,
    objectness: true,
    unit: 'share',
    activation: 'none',
  };
  t.is(decoded(yolo, { x: numbersOf([1, 3000, 8], everywhere) }).length, 300);
});
