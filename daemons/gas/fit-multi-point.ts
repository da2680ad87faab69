/**
 * A straight line through several gases with uncertainty in both axes, after the generalised least squares of ISO 6143: the
 * minimum of sum[(x - xi)^2 / u_x^2 + (y - f(xi))^2 / u_y^2], found by York's iteration (York et al., Am. J. Phys. 72, 2004).
 * x is what was read, in the instrument's unit; y what was applied, in the result's: an analysis function, as it is used.
 */
import { Fault } from '../core/ports/fault.ts';
import type { CalibrationPoint, LinearFit } from '../core/values/calibration.ts';

/** A point beside its place on the line: by how many of its own standard uncertainties each axis had to give way. */
export interface Residual {
  readonly applied: number;
  /** (read - adjusted) / u(read) and (applied - adjusted) / u(applied). */
  readonly ofRead: number;
  readonly ofApplied: number;
}

export interface MultiPointFit {
  readonly fit: LinearFit;
  readonly residuals: readonly Residual[];
  /** The largest of them: ISO 6143 accepts a fit up to 2. */
  readonly goodness: number;
}

/** ISO 6143: the model is accepted when every residual is within twice its standard uncertainty. */
export const mostResidual = 2;

/**
 * The line of three points or more. Errors: Fault `refused` when they cannot carry a line, or when one of them is farther from
 * it than its uncertainty allows: then the answer is not straight, or a certificate or a reading is wrong.
 */
export function fitMultiPoint(channel: string, points: readonly CalibrationPoint[]): MultiPointFit {
  const found = yorkLine(channel, points);
  if (!(found.goodness <= mostResidual)) {
    const worst = found.residuals.reduce((a, b) => (sizeOf(b) > sizeOf(a) ? b : a));
    throw new Fault(
      'refused',
      `${channel}: the point at ${worst.applied} is ${sizeOf(worst).toFixed(1)} standard uncertainties off the line (${mostResidual} are accepted): the answer is not straight, or this gas or its reading is wrong; the previous calibration stands`,
    );
  }
  return found;
}

const sizeOf = ({ ofRead, ofApplied }: Residual): number => Math.max(Math.abs(ofRead), Math.abs(ofApplied));

interface York {
  readonly slope: number;
  readonly intercept: number;
  readonly weights: readonly number[];
}

/** The line whatever its residuals are. Errors: Fault `refused` when the points cannot carry a line. */
export function yorkLine(channel: string, points: readonly CalibrationPoint[]): MultiPointFit {
  check(channel, points);
  const { slope, intercept, weights } = iterate(points);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const residuals = points.map(({ applied, uApplied, read, uRead }, i): Residual => {
    const pulled = (weights[i] ?? 0) * (applied - intercept - slope * read);
    return { applied, ofRead: slope * uRead * pulled, ofApplied: uApplied * pulled };
  });
  // York's standard errors are evaluated at the adjusted points.
  const adjusted = points.map(({ read, uRead }, i) => read + uRead * (residuals[i]?.ofRead ?? 0));
  const mean = adjusted.reduce((sum, x, i) => sum + (weights[i] ?? 0) * x, 0) / total;
  const spread = adjusted.reduce((sum, x, i) => sum + (weights[i] ?? 0) * (x - mean) ** 2, 0);
  const ofSlope = 1 / spread;
  const applied = points.map((one) => one.applied);
  const fit: LinearFit = {
    kind: 'linear',
    intercept,
    terms: [{ channel, coefficient: slope }],
    covariance: [
      [1 / total + mean * mean * ofSlope, -mean * ofSlope],
      [-mean * ofSlope, ofSlope],
    ],
    residual: 0,
    spans: [Math.min(...applied), Math.max(...applied)],
  };
  return { fit, residuals, goodness: Math.max(...residuals.map(sizeOf)) };
}

function check(channel: string, points: readonly CalibrationPoint[]): void {
  const refuse = (why: string): never => {
    throw new Fault('refused', `${channel}: ${why}; the previous calibration stands`);
  };
  if (points.length < 3) refuse(`${points.length} points; a multi-point fit needs 3`);
  const bad = points.find(({ uRead, uApplied }) => !(uRead >= 0 && uApplied >= 0 && uRead + uApplied > 0));
  if (bad) refuse(`the point at ${bad.applied} states no uncertainty; a weight needs one`);
  const reads = points.map(({ read }) => read);
  const u = Math.max(...points.map(({ uRead }) => uRead));
  if (!(Math.max(...reads) - Math.min(...reads) > 3 * u) || new Set(points.map((one) => one.applied)).size < 3)
    refuse('its points lie no more apart than their noise; three levels are needed');
}

const mostRounds = 100;

function iterate(points: readonly CalibrationPoint[]): York {
  const n = points.length;
  const meanRead = points.reduce((sum, one) => sum + one.read, 0) / n;
  const meanApplied = points.reduce((sum, one) => sum + one.applied, 0) / n;
  let slope =
    points.reduce((sum, one) => sum + (one.read - meanRead) * (one.applied - meanApplied), 0) /
    points.reduce((sum, one) => sum + (one.read - meanRead) ** 2, 0);
  for (let round = 0; ; round++) {
    const b = slope;
    const weights = points.map(({ uApplied, uRead }) => 1 / (uApplied ** 2 + b * b * uRead ** 2));
    const total = weights.reduce((sum, w) => sum + w, 0);
    const x = points.reduce((sum, one, i) => sum + (weights[i] ?? 0) * one.read, 0) / total;
    const y = points.reduce((sum, one, i) => sum + (weights[i] ?? 0) * one.applied, 0) / total;
    let above = 0;
    let below = 0;
    points.forEach(({ read, applied, uRead, uApplied }, i) => {
      const w = weights[i] ?? 0;
      const beta = w * ((read - x) * uApplied ** 2 + b * (applied - y) * uRead ** 2);
      above += w * beta * (applied - y);
      below += w * beta * (read - x);
    });
    slope = above / below;
    if (Math.abs(slope - b) <= 1e-14 * Math.abs(slope) || round >= mostRounds)
      return { slope, intercept: y - slope * x, weights };
  }
}
