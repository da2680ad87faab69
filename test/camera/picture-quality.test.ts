import test from 'ava';
import {
  judgePicture,
  noPicture,
  type PictureState,
  type PictureTrouble,
} from '../../daemons/camera/picture-quality.ts';
import type { Picture } from '../../daemons/core/values/frame.ts';

const size = { width: 320, height: 240 };
const filled = (of: (i: number) => number): Picture => {
  const rgb = new Uint8Array(3 * size.width * size.height);
  for (let i = 0; i < rgb.length; i++) rgb[i] = of(i);
  return { ...size, rgb };
};
const noise = (seed: number, low: number, spread: number): Picture =>
  filled((i) => low + ((Math.imul(i + seed * 7919, 2654435761) >>> 16) % (spread + 1)));
const judged = (pictures: readonly Picture[]): (PictureTrouble | null)[] => {
  let state: PictureState = noPicture;
  return pictures.map((one) => {
    const [next, trouble] = judgePicture(state, one, size);
    state = next;
    return trouble;
  });
};

test('a picture with something on it is fine, again and again', (t) => {
  t.deepEqual(judged([1, 2, 3, 4, 5].map((seed) => noise(seed, 60, 90))), [null, null, null, null, null]);
});

test('black, with the noise of a sensor too, is told; a dim scene is not', (t) => {
  t.deepEqual(judged([noise(1, 0, 6), noise(2, 0, 6), noise(3, 4, 60)]), ['black', 'black', null]);
});

test('a picture that is mostly white is told; clouds in a corner are not', (t) => {
  const third = 3 * size.width * 80;
  t.deepEqual(judged([filled((i) => (i > third ? 255 : 90)), filled((i) => (i < third ? 255 : 80 + (i % 50)))]), [
    'overexposed',
    null,
  ]);
});

test('the third picture of one kind is stuck, and the next one that differs is not', (t) => {
  const same = noise(1, 60, 90);
  t.deepEqual(judged([same, same, same, same, noise(2, 60, 90)]), [null, null, 'stuck', 'stuck', null]);
});

test('a picture of another size than the lens was calibrated for is told, whatever it shows', (t) => {
  t.is(judgePicture(noPicture, { width: 1, height: 1, rgb: new Uint8Array(3) }, size)[1], 'wrong-size');
  t.is(judgePicture(noPicture, { ...noise(1, 60, 90), width: 240, height: 320 }, size)[1], 'wrong-size');
});
