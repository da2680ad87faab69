/** Two years of an analyzer's records: its zero climbs, its sensitivity fades, checks fail. For tests and to look at. */
import path from 'node:path';
import { openCalibrations } from '../../daemons/core/adapters/calibrations.lowdb.ts';
import { openSigner } from '../../daemons/core/adapters/signer.pem.ts';
import { applyFit } from '../../daemons/core/calibration/apply.ts';
import { judgeCheck } from '../../daemons/core/calibration/judge.ts';
import type { Unsealed } from '../../daemons/core/ports/calibrations.ts';
import type { LinearFit } from '../../daemons/core/values/calibration.ts';
import { fitTwoPoint } from '../../daemons/gas/fit.ts';

const dayMs = 86_400_000;
const bottle = {
  lot: 'SIM-7',
  certificate: 'SIMULATED',
  expiresMs: Date.UTC(2099, 0, 1),
  uRelative: 0.02,
  balance: 'synthetic air',
  humidity: 'dry',
} as const;
const head = {
  version: 2,
  sensor: 'nh3',
  serial: 'SIM-0004',
  quantity: 'ammonia',
  unit: 'ppm',
  conditions: { temperatureC: 12, relativePercent: 40, pressureHpa: 930, flowMlMin: 500 },
  gases: [
    { ...bottle, gas: 'synthetic air', balance: null },
    { ...bottle, gas: 'ammonia' },
  ],
  by: 'tech-7',
} as const;
const limits = { tolerance: 0.02, zeroTolerance: 0.5, unit: 'ppm' };

/** What the analyzer reads after so many quarters of a year. */
const pointAt =
  (quarter: number) =>
  (applied: number): { applied: number; uApplied: number; read: number; uRead: number } => ({
    applied,
    uApplied: Math.max(0.01, 0.02 * applied),
    read: 0.05 + 0.04 * quarter + 1.1 * 0.972 ** quarter * applied,
    uRead: 0.012,
  });

const shownBy = (fit: LinearFit, point: ReturnType<ReturnType<typeof pointAt>>) => {
  const { value, u } = applyFit(fit, [point.read], [point.uRead]);
  return { ...point, shown: value, uShown: u };
};

export function driftedRecords(endMs: number): readonly Unsealed[] {
  const fits = Array.from({ length: 9 }, (_, i) => fitTwoPoint('nh3/ammonia', pointAt(i)(0), pointAt(i)(25)));
  return fits.flatMap((fit, i): Unsealed[] => {
    const atMs = endMs - (8 - i) * 90 * dayMs;
    const point = pointAt(i);
    const before = fits[i - 1];
    const found = before ? [shownBy(before, point(0)), shownBy(before, point(25))] : [];
    const check = found.slice(1);
    const adjustment = {
      record: 'adjustment',
      id: `adjust-${i}`,
      atMs,
      validUntilMs: atMs + 180 * dayMs,
      method: 'two-point',
      fit,
      points: [point(0), point(25)],
      asFound: found,
      asLeft: [shownBy(fit, point(10))],
      levels: 2,
      replaces: i === 0 ? null : `adjust-${i - 1}`,
    } as const;
    const checks: Unsealed[] =
      i % 3 === 2
        ? [
            {
              ...head,
              record: 'check',
              id: `check-${i}`,
              atMs: atMs - dayMs,
              calibration: `adjust-${i - 1}`,
              points: check,
              tolerance: limits.tolerance,
              zeroTolerance: limits.zeroTolerance,
              ...judgeCheck(check, limits),
            },
          ]
        : [];
    return [...checks, { ...head, ...adjustment }];
  });
}

/** Into the file of a box; its daemon reads them when it starts again. */
export async function layDrift(state: string, endMs: number): Promise<void> {
  const { signer } = openSigner(path.join(state, 'identity', 'device.key'));
  const calibrations = await openCalibrations(path.join(state, 'calibrations.json'), { device: 'post-1', signer });
  for (const one of driftedRecords(endMs)) await calibrations.add(one);
}
