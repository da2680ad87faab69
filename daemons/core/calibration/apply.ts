import type { LinearFit } from '../values/calibration.ts';

/**
 * What readings mean through a fit: intercept + sum(coefficient * reading), with its standard uncertainty from the covariance
 * of the fit, the readings' own uncertainty and the residual (GUM 5.1.2). `values` and `uInputs` are in the order of the terms.
 */
export function applyFit(
  fit: LinearFit,
  values: ArrayLike<number>,
  uInputs: ArrayLike<number>,
): { readonly value: number; readonly u: number } {
  let value = fit.intercept;
  let noise = fit.residual * fit.residual;
  for (let i = 0; i < values.length; i++) {
    const coefficient = fit.terms[i]?.coefficient ?? 0;
    value += coefficient * (values[i] ?? 0);
    const part = coefficient * (uInputs[i] ?? 0);
    noise += part * part;
  }
  return { value, u: Math.sqrt(noise + spread(fit.covariance, values)) };
}

/** x' C x with x = [1, ...values]. */
function spread(covariance: LinearFit['covariance'], values: ArrayLike<number>): number {
  let sum = 0;
  for (let a = 0; a < covariance.length; a++) {
    const row = covariance[a] ?? [];
    const xa = a === 0 ? 1 : (values[a - 1] ?? 0);
    for (let b = 0; b < row.length; b++) sum += xa * (row[b] ?? 0) * (b === 0 ? 1 : (values[b - 1] ?? 0));
  }
  return Math.max(0, sum);
}
