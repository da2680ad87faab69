/**
 * ln ppm of one gas from signed-log features: least squares with the same noise floor as the discriminant's, sessions
 * counting alike. Exposures of a two-point check are a session of their own and pull the line to where the array is now.
 * An evaluation of the array: a metal-oxide array shows no ppm on a box.
 */
import { exp, ln } from '../../core/exact/math.ts';
import { Fault } from '../../core/ports/fault.ts';
import { cholesky, solveCholesky } from '../matrix.ts';
import type { Exposure } from './exposure.ts';
import { addOuter } from './moments.ts';

/** ppm of an exposure of that gas. Errors: Fault `refused` when fewer than two exposures state their concentration. */
export function fitConcentration(
  exposures: readonly Exposure[],
  noiseFloor: number,
): (features: Float32Array) => number {
  const rows = exposures.flatMap(({ features, session, ppm }) =>
    ppm !== null && ppm > 0 ? [{ x: Float64Array.from(features), session, y: ln(ppm) }] : [],
  );
  if (rows.length < 2)
    throw new Fault('refused', `${rows.length} exposures state a concentration; at least 2 are needed`);
  const sessions = Map.groupBy(rows, ({ session }) => session);
  const share = ({ session }: { readonly session: number }): number =>
    1 / sessions.size / (sessions.get(session)?.length ?? 1);
  const size = rows[0]?.x.length ?? 0;
  const centre = new Float64Array(size);
  let middle = 0;
  for (const row of rows) {
    middle += share(row) * row.y;
    row.x.forEach((value, i) => {
      centre[i] = (centre[i] as number) + share(row) * value;
    });
  }
  const triangle = new Float64Array((size * (size + 1)) / 2);
  const right = new Float64Array(size);
  for (const row of rows) {
    const off = row.x.map((value, i) => value - (centre[i] as number));
    addOuter(triangle, off, share(row));
    off.forEach((value, i) => {
      right[i] = (right[i] as number) + share(row) * value * (row.y - middle);
    });
  }
  const lower = cholesky(
    Array.from({ length: size }, (_, i) => {
      const row = triangle.slice((i * (i + 1)) / 2, ((i + 1) * (i + 2)) / 2);
      row[i] = (row[i] as number) + noiseFloor ** 2;
      return row;
    }),
  );
  if (!lower) throw new Fault('refused', 'the covariance of the features cannot be solved: features are not finite');
  const slope = solveCholesky(lower, right);
  return (features) =>
    exp(slope.reduce((sum, value, i) => sum + value * ((features[i] ?? 0) - (centre[i] as number)), middle));
}
