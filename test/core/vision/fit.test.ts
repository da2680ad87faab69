import test from 'ava';
import type { Picture } from '../../../daemons/core/values/frame.ts';
import { fitted, placed } from '../../../daemons/core/vision/fit.ts';
import { resize } from '../../../daemons/core/vision/resize.ts';
import { toTensor } from '../../../daemons/core/vision/tensor.ts';
import { green, painted } from '../../support/vision-model.ts';

const ramp: Picture = {
  width: 4,
  height: 1,
  rgb: Uint8Array.from([0, 100, 50, 200].flatMap((one) => [one, one, one])),
};
const whole = { x0: 0, y0: 0, x1: 4, y1: 1 };
const red = ({ rgb }: Picture): number[] => [...rgb].filter((_, i) => i % 3 === 0);

test('each way of resizing gives what its definition says', (t) => {
  const to = (width: number, method: Parameters<typeof resize>[3]): number[] =>
    red(resize(ramp, whole, { width, height: 1 }, method));
  t.deepEqual(to(2, 'area'), [50, 125]);
  t.deepEqual(to(2, 'bilinear'), [0, 50]);
  t.deepEqual(to(2, 'bilinear-half-pixel'), [50, 125]);
  t.deepEqual(to(2, 'nearest'), [0, 50]);
  t.deepEqual(to(8, 'bilinear'), [0, 50, 100, 75, 50, 125, 200, 200]);
  t.deepEqual(to(8, 'bilinear-half-pixel'), [0, 25, 75, 88, 63, 88, 163, 200]);
  t.deepEqual(to(3, 'area'), [25, 75, 163]);
});

test('a window is resized from its own pixels only', (t) => {
  t.deepEqual(red(resize(ramp, { x0: 1, y0: 0, x1: 3, y1: 1 }, { width: 1, height: 1 }, 'area')), [75]);
  t.deepEqual(
    red(resize(ramp, { x0: 1, y0: 0, x1: 3, y1: 1 }, { width: 4, height: 1 }, 'bilinear')),
    [100, 75, 50, 50],
  );
});

test('letterbox keeps the sides, fills the rest, and boxes find their way back', (t) => {
  const picture = painted(40, 20, green);
  const how = { method: 'area', shape: 'letterbox', fill: [1, 2, 3] } as const;
  const [input, placing] = fitted(picture, { x0: 0, y0: 0, x1: 40, y1: 20 }, { width: 10, height: 10 }, how);
  t.deepEqual([...input.rgb.subarray(0, 3)], [1, 2, 3]);
  t.deepEqual([...input.rgb.subarray(3 * 55, 3 * 56)], [...green]);
  // The picture fills rows 2.5 to 7.5, in whole rows 2 to 7.
  const back = placed({ x0: 0.5, y0: 0.2, x1: 1, y1: 0.45 }, placing);
  t.deepEqual(back, { x0: 20, y0: 0, x1: 40, y1: 10 });
  t.is(placed({ x0: 0, y0: 0, x1: 1, y1: 0.1 }, placing), null);
  t.is(placed({ x0: Number.NaN, y0: 0, x1: 1, y1: 1 }, placing), null);
});

const info = (
  type: 'float32' | 'int8' | 'uint8',
  scale: number,
  zeroPoint: number,
): Parameters<typeof toTensor>[0] => ({
  name: 'x',
  shape: [1, 1, 1, 3],
  type,
  quantisation: type === 'float32' ? null : { scale, zeroPoint },
});

test("normalisation and quantisation are the card's and the tensor's, channel by channel", (t) => {
  const pixel = painted(1, 1, [0, 128, 255]);
  const values = { mean: [0, 128, 127.5], std: [255, 128, 127.5] };
  t.deepEqual([...toTensor(info('float32', 1, 0), { channels: 'rgb', values })(pixel)], [0, 0, 1]);
  t.deepEqual([...toTensor(info('float32', 1, 0), { channels: 'bgr', values })(pixel)], [1, 0, 0]);
  t.deepEqual([...toTensor(info('int8', 1 / 127, 0), { channels: 'rgb', values })(pixel)], [0, 0, 127]);
  t.deepEqual([...toTensor(info('uint8', 1 / 128, 128), { channels: 'rgb', values })(pixel)], [128, 128, 255]);
  t.deepEqual([...toTensor(info('int8', 1, 0), { channels: 'rgb', values: 'bytes' })(pixel)], [-128, 0, 127]);
  t.deepEqual([...toTensor(info('uint8', 1, 0), { channels: 'rgb', values: 'bytes' })(pixel)], [0, 128, 255]);
});
