/**
 * One gain for a calibration that stands: quick, and dangerous. On recorded drift data one gain from two exposures a gas halved
 * the error of three sessions of four and made it tenfold in the fourth (sensing.md 1.4): so a second level is asked for, and
 * must agree, before there is a fit at all.
 */
import { judgeCheck, levelsOf, type Tolerances } from '../core/calibration/judge.ts';
import { Fault } from '../core/ports/fault.ts';
import type { LinearFit, ShownPoint } from '../core/values/calibration.ts';

export interface GainTest {
  /** What stood before showed for gas of one level. */
  readonly span: readonly ShownPoint[];
  /** What it showed for gas of another level. */
  readonly second: readonly ShownPoint[];
  readonly tolerances: Tolerances;
}

/**
 * The fit with everything multiplied by applied / shown (weighted by the uncertainties of the span points). Errors: Fault
 * `refused` without a second level, or where the new gain is wrong there.
 */
export function fitGain(before: LinearFit, { span, second, tolerances }: GainTest): LinearFit {
  const refuse = (why: string): never => {
    throw new Fault('refused', `one gain: ${why}; the previous calibration stands`);
  };
  const exposed = span.filter(({ applied, shown }) => applied > 0 && shown > 0);
  if (exposed.length === 0) refuse('no span gas was shown as more than nothing');
  if (levelsOf(span, second) < 2) refuse('a second level of gas is needed before it may be put in force');
  const parts = exposed.map(({ applied, shown, uApplied, uShown }) => {
    const gain = applied / shown;
    const u = gain * Math.hypot(uApplied / applied, (uShown ?? 0) / shown);
    return { gain, weight: u > 0 ? 1 / u ** 2 : 1 };
  });
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const gain = parts.reduce((sum, one) => sum + one.weight * one.gain, 0) / total;
  const after = second.map((one) => ({ ...one, shown: gain * one.shown }));
  const { verdict, reasons } = judgeCheck(after, tolerances);
  if (verdict === 'failed') refuse(`times ${gain.toPrecision(4)}, and at the second level ${reasons.join('; ')}`);

  const raw = [before.intercept, ...before.terms.map(({ coefficient }) => coefficient)];
  const u = Math.sqrt(1 / total);
  return {
    ...before,
    intercept: gain * before.intercept,
    terms: before.terms.map(({ channel, coefficient }) => ({ channel, coefficient: gain * coefficient })),
    // GUM 5.1: the product of a gain and a coefficient, independent of each other.
    covariance: before.covariance.map((row, a) =>
      row.map((v, b) => gain * gain * v + u * u * (raw[a] ?? 0) * (raw[b] ?? 0)),
    ),
    residual: gain * before.residual,
    spans: [gain * before.spans[0], gain * before.spans[1]],
  };
}
