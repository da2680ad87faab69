/**
 * Fits a straight line through calibration gases, and a plane through co-located references. Uncertainty after GUM
 * (JCGM 100:2008, section 5): the covariance of the parameters is carried with the fit, so that every later value can
 * state its own. Units: `applied` in the result's unit, `read` in the instrument's.
 */
import { Fault } from '../core/ports/fault.ts';
import type { CalibrationPoint, LinearFit } from '../core/values/calibration.ts';
import { invert, multiply, transpose } from './matrix.ts';

/**
 * The exact line through a zero and a span point. With S the sensitivity and r = (y - y0)/(y1 - y0), the standard
 * uncertainty that follows from the covariance is the closed form of sensing.md section 2.
 * Errors: Fault `refused` when the two points cannot carry a line.
 */
export function fitTwoPoint(channel: string, zero: CalibrationPoint, span: CalibrationPoint): LinearFit {
  const dRead = span.read - zero.read;
  const dApplied = span.applied - zero.applied;
  const uDiff = Math.hypot(zero.uRead, span.uRead);
  if (!(dApplied > 0))
    throw new Fault(
      'refused',
      `span gas (${span.applied}) must be above zero gas (${zero.applied}); the previous calibration stands`,
    );
  if (!(Math.abs(dRead) > 3 * uDiff) || dRead === 0)
    throw new Fault(
      'refused',
      `${channel} read ${zero.read} on zero and ${span.read} on span: no more apart than their noise (u ${uDiff.toPrecision(3)}); check gas and flow; the previous calibration stands`,
    );
  const k = dApplied / dRead;
  const y0 = zero.read;
  // Columns: derivatives of [intercept, slope] by y0, y1, c0, c1.
  const slope = [k / dRead, -k / dRead, -1 / dRead, 1 / dRead];
  const intercept = [-k - y0 * (k / dRead), (y0 * k) / dRead, 1 + y0 / dRead, -y0 / dRead];
  const variance = [zero.uRead ** 2, span.uRead ** 2, zero.uApplied ** 2, span.uApplied ** 2];
  const cov = (a: readonly number[], b: readonly number[]): number =>
    variance.reduce((sum, v, i) => sum + v * (a[i] ?? 0) * (b[i] ?? 0), 0);
  return {
    kind: 'linear',
    intercept: zero.applied - k * y0,
    terms: [{ channel, coefficient: k }],
    covariance: [
      [cov(intercept, intercept), cov(intercept, slope)],
      [cov(slope, intercept), cov(slope, slope)],
    ],
    residual: 0,
    spans: [zero.applied, span.applied],
  };
}

/**
 * Ordinary least squares of a reference on several channels (co-location). Rows with a gap must be left out before.
 * `rows[i][j]` is channel j at moment i. Errors: Fault `refused` for fewer than 10 rows a parameter or channels that
 * say the same thing (singular normal matrix).
 */
export function fitLinear(
  channels: readonly string[],
  rows: readonly (readonly number[])[],
  reference: readonly number[],
): LinearFit {
  const n = rows.length;
  const p = channels.length + 1;
  if (n < 10 * p)
    throw new Fault('refused', `${n} rows are too few to fit ${p} parameters; at least ${10 * p} are needed`);
  // Centred and scaled, or the normal matrix of millivolts beside percents loses its digits.
  const centre = channels.map((_, j) => rows.reduce((sum, row) => sum + (row[j] ?? 0), 0) / n);
  const scale = channels.map(
    (_, j) => Math.sqrt(rows.reduce((sum, row) => sum + ((row[j] ?? 0) - (centre[j] ?? 0)) ** 2, 0) / n) || 1,
  );
  const design = rows.map((row) => [
    1,
    ...channels.map((_, j) => ((row[j] ?? 0) - (centre[j] ?? 0)) / (scale[j] ?? 1)),
  ]);
  const normal = Array.from({ length: p }, (_, a) =>
    Array.from({ length: p }, (_, b) => design.reduce((sum, x) => sum + (x[a] ?? 0) * (x[b] ?? 0), 0)),
  );
  const right = Array.from({ length: p }, (_, a) =>
    design.reduce((sum, x, i) => sum + (x[a] ?? 0) * (reference[i] ?? 0), 0),
  );
  const inverse = invert(normal);
  if (!inverse)
    throw new Fault('refused', `the channels ${channels.join(', ')} say the same thing: no single fit exists`);
  const beta = inverse.map((row) => row.reduce((sum, v, b) => sum + v * (right[b] ?? 0), 0));
  const squares = design.reduce(
    (sum, x, i) => sum + ((reference[i] ?? 0) - x.reduce((s, v, a) => s + v * (beta[a] ?? 0), 0)) ** 2,
    0,
  );
  const variance = squares / (n - p);

  // Back to raw channels: intercept' = b0 - sum(bj mj / sj), bj' = bj / sj; the covariance follows by the same matrix.
  const back = Array.from({ length: p }, (_, a) =>
    Array.from({ length: p }, (_, b) => {
      if (a === 0) return b === 0 ? 1 : -(centre[b - 1] ?? 0) / (scale[b - 1] ?? 1);
      return a === b ? 1 / (scale[a - 1] ?? 1) : 0;
    }),
  );
  const raw = multiply(
    back,
    beta.map((v) => [v]),
  ).map((row) => row[0] ?? 0);
  const covariance = multiply(
    multiply(
      back,
      inverse.map((row) => row.map((v) => v * variance)),
    ),
    transpose(back),
  );
  return {
    kind: 'linear',
    intercept: raw[0] ?? 0,
    terms: channels.map((channel, j) => ({ channel, coefficient: raw[j + 1] ?? 0 })),
    covariance,
    residual: Math.sqrt(variance),
    spans: [Math.min(...reference), Math.max(...reference)],
  };
}
