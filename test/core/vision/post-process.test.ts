import test from 'ava';
import fc from 'fast-check';
import {
  type Detected,
  type PostProcess,
  postProcess,
  type Raw,
  roomOf,
} from '../../../daemons/core/vision/post-process.ts';

const scaled = (count: number): fc.Arbitrary<Float32Array> =>
  fc
    .array(fc.integer({ min: 0, max: 64 }), { minLength: count, maxLength: count })
    .map((all) => Float32Array.from(all, (one) => one / 64));

const cases = fc
  .record({
    count: fc.integer({ min: 1, max: 12 }),
    classes: fc.integer({ min: 1, max: 4 }),
    background: fc.boolean(),
    regular: fc.boolean(),
    maxDetections: fc.integer({ min: 1, max: 8 }),
    detectionsPerClass: fc.integer({ min: 1, max: 4 }),
    maxClassesPerDetection: fc.integer({ min: 1, max: 3 }),
    scoreThreshold: fc.constantFrom(0, 0.3, 0.9),
    iouThreshold: fc.constantFrom(0.1, 0.5, 1),
  })
  .chain((of) =>
    fc
      .record({
        codes: scaled(4 * of.count),
        scores: scaled(of.count * (of.classes + Number(of.background))),
        anchors: scaled(4 * of.count),
      })
      .map(({ codes, scores, anchors }): readonly [Raw, PostProcess] => [
        { codes, stride: 4, scores },
        // Anchors with a size.
        { ...of, anchors: anchors.map((one, i) => (i % 4 > 1 ? one + 0.125 : one)), scales: [10, 10, 5, 5] },
      ]),
  );

interface Told {
  readonly box: readonly number[];
  readonly which: number;
  readonly score: number;
}
const told = ({ boxes, classes, scores, count }: Detected): Told[] =>
  Array.from({ length: count }, (_, i) => ({
    box: [...boxes.subarray(4 * i, 4 * i + 4)],
    which: classes[i] as number,
    score: scores[i] as number,
  }));

function iou(a: readonly number[], b: readonly number[]): number {
  const [[t0, l0, b0, r0], [t1, l1, b1, r1]] = [a, b] as [
    [number, number, number, number],
    [number, number, number, number],
  ];
  const both = Math.max(0, Math.min(b0, b1) - Math.max(t0, t1)) * Math.max(0, Math.min(r0, r1) - Math.max(l0, l1));
  return both / ((b0 - t0) * (r0 - l0) + (b1 - t1) * (r1 - l1) - both);
}

test('what is told is sure enough, no more than is asked for, and the surest first', (t) => {
  fc.assert(
    fc.property(cases, ([raw, how]) => {
      const found = told(postProcess(raw, how));
      t.true(found.length <= roomOf(how));
      for (const { which, score } of found) {
        t.true(which >= 0 && which < how.classes);
        if (how.regular || how.maxClassesPerDetection === 1) t.true(score >= how.scoreThreshold);
      }
      if (how.regular || how.maxClassesPerDetection === 1)
        t.deepEqual(
          found.map(({ score }) => score),
          found.map(({ score }) => score).sort((a, b) => b - a),
        );
    }),
  );
});

test('no two boxes of a class (regular), or none at all (fast), overlap more than is allowed', (t) => {
  fc.assert(
    fc.property(cases, ([raw, given]) => {
      const how = { ...given, maxClassesPerDetection: 1 };
      const found = told(postProcess(raw, how));
      // Boxes are told with the precision of a float.
      for (const [i, one] of found.entries())
        for (const other of found.slice(i + 1))
          if (!how.regular || one.which === other.which) t.true(iou(one.box, other.box) <= how.iouThreshold + 1e-5);
    }),
  );
});

test('what was left out was unsure, beside a surer one, or too much', (t) => {
  fc.assert(
    fc.property(cases, ([raw, given]) => {
      const how = { ...given, regular: true, maxDetections: 1000, detectionsPerClass: 1000 };
      const found = told(postProcess(raw, how));
      const every = told(postProcess(raw, { ...how, iouThreshold: 1, scoreThreshold: 0 }));
      for (const one of every)
        t.true(
          one.score < how.scoreThreshold ||
            found.some(
              (kept) =>
                kept.which === one.which &&
                kept.score >= one.score &&
                (iou(kept.box, one.box) > how.iouThreshold - 1e-5 || kept.box.every((side, i) => side === one.box[i])),
            ),
        );
    }),
  );
});

test('what is no number is no detection, and nothing throws', (t) => {
  const any = fc.float32Array({ minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(any, fc.float32Array({ minLength: 2, maxLength: 2 }), fc.boolean(), (codes, scores, regular) => {
      const how: PostProcess = {
        ...{ maxDetections: 4, maxClassesPerDetection: 1, detectionsPerClass: 4, regular, scoreThreshold: 0.1 },
        ...{ iouThreshold: 0.5, classes: 2, scales: [10, 10, 5, 5], anchors: Float32Array.of(0.5, 0.5, 1, 1) },
      };
      for (const { box, score } of told(postProcess({ codes, stride: 4, scores }, how)))
        t.true(box.every(Number.isFinite) && score >= 0.1);
    }),
  );
});
