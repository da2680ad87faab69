/** Calibration records as a technician makes them, for tests: an analyzer with its zero and its gain. */
import { generateKeyPairSync } from 'node:crypto';
import { type Signer, signerOf } from '../../daemons/core/evidence/seal.ts';
import type { CalibrationRecord, Unsealed } from '../../daemons/core/ports/calibrations.ts';
import type { BumpTest } from '../../daemons/core/values/bump-test.ts';
import type { Adjustment } from '../../daemons/core/values/calibration.ts';
import type { CalibrationCheck } from '../../daemons/core/values/calibration-check.ts';

export const aSigner = (): Signer => signerOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

const head = {
  version: 2,
  sensor: 'nh3',
  serial: 'SN-1',
  quantity: 'ammonia',
  unit: 'ppm',
  atMs: 1_790_000_000_000,
  gases: [
    {
      gas: 'ammonia',
      lot: 'L-1',
      certificate: 'C-1',
      expiresMs: 1_800_000_000_000,
      uRelative: 0.02,
      balance: 'synthetic air',
      humidity: 'dry',
    },
  ],
  conditions: { temperatureC: 21.5, relativePercent: 3, pressureHpa: 1009, flowMlMin: 500 },
  by: 'tech-7',
} as const;

type Changed<R extends CalibrationRecord> = Partial<Unsealed<R>>;

export const adjustmentOf = (id: string, changed: Changed<Adjustment> = {}): Unsealed<Adjustment> => ({
  record: 'adjustment',
  ...head,
  id,
  method: 'two-point',
  validUntilMs: 1_800_000_000_000,
  fit: {
    kind: 'linear',
    intercept: -0.5,
    terms: [{ channel: 'nh3/ammonia', coefficient: 1.25 }],
    covariance: [
      [0.001, 0],
      [0, 0.0001],
    ],
    residual: 0,
    spans: [0, 25],
  },
  points: [
    { applied: 0, uApplied: 0.01, read: 0.4, uRead: 0.03 },
    { applied: 25, uApplied: 0.5, read: 20.4, uRead: 0.03 },
  ],
  asFound: [],
  asLeft: [{ applied: 12.5, uApplied: 0.25, read: 10.4, uRead: 0.03, shown: 12.5, uShown: 0.3 }],
  levels: 2,
  replaces: null,
  ...changed,
});

export const checkOf = (id: string, changed: Changed<CalibrationCheck> = {}): Unsealed<CalibrationCheck> => ({
  record: 'check',
  ...head,
  id,
  calibration: null,
  points: [{ applied: 25, uApplied: 0.5, read: 20.4, uRead: 0.03, shown: 25, uShown: 0.6 }],
  tolerance: 0.1,
  zeroTolerance: 0.5,
  verdict: 'passed',
  reasons: [],
  ...changed,
});

export const bumpOf = (id: string, changed: Changed<BumpTest> = {}): Unsealed<BumpTest> => ({
  record: 'bump',
  ...head,
  id,
  calibration: null,
  applied: 25,
  alarmAt: 10,
  alarmTripped: true,
  response: { peak: 24, t90S: 18, t10S: 40 },
  commissionedT90S: null,
  limits: { slower: 1.5, gain: [0.7, 1.3] },
  verdict: 'passed',
  reasons: [],
  ...changed,
});
