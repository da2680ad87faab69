import test from 'ava';
import { openLiteRt } from '../../../daemons/core/adapters/infer.litert.ts';
import { dequantise, quantise } from '../../../daemons/core/tflite/quantise.ts';
import { int8Windowed, type SteppedRow } from '../../../daemons/core/tflite/windowed.ts';
import { writeTflite } from '../../../daemons/core/tflite/write.ts';
import { numbers } from '../../support/dense-model.ts';

const [size, classes] = [16, 3];
/** Rows whose largest weights differ by a hundred times. */
const rows: readonly SteppedRow[] = Array.from({ length: classes }, (_, k) => {
  const step = Math.fround([0.02, 0.002, 0.0002][k] ?? 1);
  return { weights: Array.from(numbers(size, k + 5), (w) => Math.round(127 * w) * step), step, bias: k / 10 };
});
const input = [-4, 4] as const;
const inputStep = Math.fround(8 / 255);

/** In doubles, of what the int8 input holds. */
function scoresOf(x: ArrayLike<number>): number[] {
  return rows.map(({ weights, bias }) =>
    Array.from(x).reduce((sum, value, i) => sum + value * (weights[i] ?? 0), bias),
  );
}

const softmax = (scores: readonly number[]): number[] => {
  const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
  return powers.map((one) => one / powers.reduce((a, b) => a + b));
};

async function asked(scores: readonly [number, number], count: number, check: (x: Float32Array, p: number[]) => void) {
  const infer = await openLiteRt();
  const model = await infer.load(writeTflite(int8Windowed(rows, { input, scores, count }, 'a test')), 'windowed');
  for (let seed = 1; seed <= 200; seed++) {
    const x = numbers(size, seed).map((value) => 4 * value);
    const given = new Int8Array(size);
    quantise(x, { scale: inputStep, zeroPoint: Math.round(-128 + 4 / inputStep) }, given);
    dequantise(given, { scale: inputStep, zeroPoint: Math.round(-128 + 4 / inputStep) }, x);
    const [answer] = model.run([given]);
    check(x, Array.from(answer as Float32Array));
  }
  await model.close();
  await infer.close();
}

test('pieces add up to the score: the finer the windows, the nearer the answer', async (t) => {
  const off = async (count: number): Promise<number> => {
    let most = 0;
    await asked([-40, 40], count, (x, p) => {
      const expected = softmax(scoresOf(x));
      most = Math.max(most, ...p.map((one, k) => Math.abs(one - (expected[k] ?? 9))));
    });
    return most;
  };
  const [one, four, sixteen] = [await off(1), await off(4), await off(16)];
  t.true(one > 0.03, `${one}`);
  t.true(four < 0.02, `${four}`);
  t.true(sixteen < 0.008, `${sixteen}`);
});

test('a score beyond the range is held at its end, and does not wrap', async (t) => {
  await asked([-1, 1], 4, (x, p) => {
    const held = softmax(scoresOf(x).map((score) => Math.max(-1, Math.min(1, score))));
    p.forEach((one, k) => {
      t.true(Math.abs(one - (held[k] ?? 9)) < 0.01);
    });
  });
});
