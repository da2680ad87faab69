import test from 'ava';
import fc from 'fast-check';
import { conditionOf, nnls, resolveGases } from '../../daemons/gas/cross-sensitivity.ts';
import { times, transpose } from '../../daemons/gas/matrix.ts';

// Small numbers, but not such as underflow when they are squared.
const entry = fc.double({ min: -3, max: 3, noNaN: true }).map((one) => (Math.abs(one) < 1e-100 ? 0 : one));
const problem = fc.integer({ min: 1, max: 4 }).chain((n) =>
  fc.record({
    a: fc.array(fc.array(entry, { minLength: n, maxLength: n }), { minLength: n + 2, maxLength: n + 4 }),
    b: fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: n + 4, maxLength: n + 4 }),
  }),
);

test('the answer meets the conditions of Karush, Kuhn and Tucker', (t) => {
  fc.assert(
    fc.property(problem, ({ a, b: long }) => {
      fc.pre(conditionOf(a) < 1e4);
      const b = long.slice(0, a.length);
      const x = nnls(a, b);
      const rest = times(a, x).map((v, i) => v - (b[i] ?? 0));
      const enough = 1e-6 * Math.hypot(...b);
      for (const [j, column] of transpose(a).entries()) {
        // How much of a column is left in what is left over, as a share of its length: whatever its unit is.
        const gradient = column.reduce((sum, v, i) => sum + v * (rest[i] ?? 0), 0) / Math.hypot(...column);
        const v = x[j] ?? Number.NaN;
        t.true(v >= 0, 'not negative');
        t.true(gradient >= -enough, 'nothing bound would help');
        t.true(v === 0 || Math.abs(gradient) <= enough, 'what is free is at rest');
      }
    }),
    { numRuns: 300 },
  );
});

const three = {
  gases: ['ammonia', 'acetone'],
  sensors: ['ec', 'pid', 'mox'],
  answers: [
    [1, 0.02],
    [0.1, 0.9],
    [0.4, 0.6],
  ],
  zero: [0.1, 0, 0.3],
};
const u = [0.1, 0.1, 0.1];
const readingsOf = (c: readonly number[]) => times(three.answers, c).map((v, i) => v + (three.zero[i] ?? 0));

test('a mixture of known gases is resolved, with its covariance', (t) => {
  const amount = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(amount, amount, (ammonia, acetone) => {
      const { concentrations, covariance, chi2 } = resolveGases(three, readingsOf([ammonia, acetone]), u);
      t.true(Math.abs((concentrations[0] ?? 0) - ammonia) < 1e-6);
      t.true(Math.abs((concentrations[1] ?? 0) - acetone) < 1e-6);
      t.true(chi2 < 1e-6);
      const [[aa = 0, ab = 0] = [], [ba = 0, bb = 0] = []] = covariance;
      t.true(aa > 0 && bb > 0 && aa * bb - ab * ba > 0);
    }),
  );
});

test('noise below zero gas is no gas, and no negative one', (t) => {
  t.deepEqual(resolveGases(three, [0.05, -0.05, 0.25], u).concentrations, [0, 0]);
});

test('readings that fit no mixture are refused: an unknown gas', (t) => {
  const [a = 0, b = 0, c = 0] = readingsOf([10, 10]);
  t.throws(() => resolveGases(three, [a, b + 3, c - 3], u), {
    message: /no mixture of ammonia, acetone .*unknown gas/,
  });
});

test('sensors that answer alike are refused, and units are no question of it', (t) => {
  const alike = {
    ...three,
    answers: [
      [1, 0.98],
      [0.5, 0.52],
      [0.7, 0.7],
    ],
  };
  t.throws(() => resolveGases(alike, [1, 1, 1], u), { message: /cannot tell ammonia and acetone apart \(condition/ });
  t.throws(
    () =>
      resolveGases(
        {
          ...three,
          answers: [
            [1, 1],
            [1, 1],
            [1, 1],
          ],
        },
        [1, 1, 1],
        u,
      ),
    { message: /apart/ },
  );
  t.throws(() => resolveGases({ ...three, sensors: ['ec'], answers: [[1, 0]], zero: [0] }, [1], [0.1]), {
    message: /1 sensors/,
  });
  const inPpb = three.answers.map(([x = 0, y = 0]) => [x, y / 1000]);
  t.true(Math.abs(conditionOf(three.answers) - conditionOf(inPpb)) < 1e-9);
});

test('a condition number is that of the singular values', (t) => {
  // Columns (1, 0) and (cos a, sin a): singular values sqrt(1 +- cos a), so the condition number is 1 / tan(a / 2).
  for (const angle of [0.1, 0.5, 1, Math.PI / 2])
    t.true(
      Math.abs(
        conditionOf([
          [1, Math.cos(angle)],
          [0, Math.sin(angle)],
        ]) *
          Math.tan(angle / 2) -
          1,
      ) < 1e-6,
    );
});
