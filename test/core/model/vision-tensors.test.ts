import test from 'ava';
import { visionCard } from '../../../daemons/core/model/vision-card.ts';
import { checkVisionTensors } from '../../../daemons/core/model/vision-tensors.ts';
import type { TensorInfo } from '../../../daemons/core/ports/infer.ts';
import { colourCard } from '../../support/vision-model.ts';

const tensor = (name: string, ...shape: number[]): TensorInfo => ({ name, shape, type: 'float32', quantisation: null });
const boxes = { name: 'boxes', shape: [1, 10, 4], type: 'float32' };

/** A detection card for three labels, held against a model that says how many classes it tells apart. */
function held(classes: number, firstClass: number): void {
  const output = { layout: 'ssd-nms', boxes, classes: 'classes', scores: 'scores', count: 'count', firstClass };
  checkVisionTensors('card.json', {
    card: visionCard.parse({ ...colourCard, task: 'detection', output }),
    labels: colourCard.labels.length,
    model: {
      inputs: [tensor('picture', 1, 8, 8, 3)],
      outputs: [tensor('boxes', 1, 10, 4), tensor('classes', 1, 10), tensor('scores', 1, 10), tensor('count', 1)],
      classes,
    },
  });
}

test('labels are as many as the classes that the model itself tells apart, and counted from the first', (t) => {
  t.notThrows(() => held(3, 0));
  t.throws(() => held(90, 0), {
    message: /card\.json output\.firstClass: is 0 with 3 labels; the model tells 90 classes apart, and counts from 0/,
  });
  t.throws(() => held(3, 1), { message: /is 1 with 3 labels; the model tells 3 classes apart/ });
});
