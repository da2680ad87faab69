import test from 'ava';
import { fitSurface, lookBackMs, refitEveryMs, surfaceBefore } from '../../daemons/gas/co-location.ts';
import { weeklyFigures } from '../../daemons/tools/evaluate/air-quality-weekly.ts';

const hourMs = 3_600_000;
/** Two channels and a reference that is a bent surface of them. */
const truth = (a: number, b: number): number => 3 + 2 * a - b + 0.5 * a * a;
const besideAt = (i: number) => {
  const [a, b] = [Math.sin(i / 7), Math.cos(i / 11)];
  return { atMs: i * hourMs, row: [1000 + 200 * a, 20 + 5 * b], reference: truth(a, b) };
};
const beside = Array.from({ length: 24 * 120 }, (_, i) => besideAt(i));

test('a smooth surface is found from channels of any unit, and its uncertainty grows away from its rows', (t) => {
  const surface = fitSurface(beside.slice(0, 400));
  const one = surface.at([1000 + 200 * 0.3, 20 + 5 * 0.2]);
  t.true(Math.abs(one.value - truth(0.3, 0.2)) < 0.15);
  t.true(surface.at([3000, 80]).u > 2 * one.u);
});

test('units of channels and of the reference are no question', (t) => {
  const plain = fitSurface(beside.slice(0, 200)).at([1010, 21]);
  const scaled = fitSurface(
    beside
      .slice(0, 200)
      .map(({ row: [a = 0, b = 0], reference }) => ({ row: [a / 1000, 7 * b], reference: 1000 * reference })),
  ).at([1.01, 147]);
  t.true(Math.abs(scaled.value - 1000 * plain.value) < 1e-6 * Math.abs(scaled.value));
  t.true(Math.abs(scaled.u - 1000 * plain.u) < 1e-6 * scaled.u);
});

test('too few rows are refused', (t) => {
  t.throws(() => fitSurface(beside.slice(0, 59)), { message: /59 rows .* 60/ });
});

test('a week is told by the 28 days before it, whatever was read in it and after it', (t) => {
  const weekMs = 50 * 24 * hourMs;
  const changed = beside.map((one) =>
    one.atMs >= weekMs || one.atMs < weekMs - lookBackMs ? { ...one, reference: 1e6 } : one,
  );
  const [as, but] = [surfaceBefore(weekMs, beside), surfaceBefore(weekMs, changed)];
  t.is(as.rows, lookBackMs / hourMs);
  t.deepEqual(but.at([1010, 21]), as.at([1010, 21]));
});

test('the evaluation tells no hour by a fit that has seen its week', (t) => {
  // From week to week the reference jumps by more than the channels can tell: a leak would show as a good fit.
  const jumping = beside.map((one) => ({
    ...one,
    reference: one.reference + 100 * (Math.floor(one.atMs / refitEveryMs) % 2),
  }));
  const day90 = 90 * 24 * hourMs;
  const startMs = -(day90 % refitEveryMs);
  const [r2] = weeklyFigures({ quantity: 'co', unit: '1', reach: 0.87 }, startMs, jumping);
  t.false(r2?.ok);
  t.true((r2?.value ?? 1) < 0.2, `${r2?.value}`);
  const [plain] = weeklyFigures({ quantity: 'co', unit: '1', reach: 0.87 }, 0, beside);
  t.true(plain?.ok);
  t.is(plain?.series?.length, 5);
});
