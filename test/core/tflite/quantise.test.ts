import test from 'ava';
import fc from 'fast-check';
import { dequantise, quantise } from '../../../daemons/core/tflite/quantise.ts';

test('values are rounded half away from zero, as TensorFlow Lite does', (t) => {
  const out = new Int8Array(6);
  quantise([0.5, 1.5, 2.5, -0.5, -1.5, -2.5], { scale: 1, zeroPoint: 0 }, out);
  t.deepEqual([...out], [1, 2, 3, -1, -2, -3]);
});

test('values beyond the range are clamped, never wrapped', (t) => {
  const int8 = new Int8Array(3);
  quantise([1e9, -1e9, Number.POSITIVE_INFINITY], { scale: 0.1, zeroPoint: 3 }, int8);
  t.deepEqual([...int8], [127, -128, 127]);
  const uint8 = new Uint8Array(2);
  quantise([1e9, -1e9], { scale: 0.1, zeroPoint: 3 }, uint8);
  t.deepEqual([...uint8], [255, 0]);
});

test('not a number is refused: no integer stands for it', (t) => {
  t.throws(() => quantise([1, Number.NaN], { scale: 1, zeroPoint: 0 }, new Int8Array(2)), {
    instanceOf: RangeError,
    message: /value 1/,
  });
});

test('a value in range comes back within half a step', (t) => {
  fc.assert(
    fc.property(fc.double({ min: -12.7, max: 12.7, noNaN: true }), (value) => {
      const stored = new Int8Array(1);
      const back = new Float32Array(1);
      quantise([value], { scale: 0.1, zeroPoint: 0 }, stored);
      dequantise(stored, { scale: 0.1, zeroPoint: 0 }, back);
      return Math.abs((back[0] ?? 99) - value) <= 0.05 + 1e-6;
    }),
  );
  t.pass();
});

test('a float tensor is copied as it is', (t) => {
  const out = new Float32Array(2);
  dequantise(Float32Array.of(0.25, -7), null, out);
  t.deepEqual([...out], [0.25, -7]);
});
