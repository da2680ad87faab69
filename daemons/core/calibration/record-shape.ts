/** The shapes of calibration records in a file or an event, and how a record of an older version is read. */
import * as z from 'zod';
import { onDemand } from '../config/on-demand.ts';
import type { CalibrationRecord } from '../ports/calibrations.ts';
import type { BumpTest } from '../values/bump-test.ts';
import type { Adjustment } from '../values/calibration.ts';
import type { CalibrationCheck } from '../values/calibration-check.ts';

/** The newest version that this program reads and the one that it writes. */
export const recordVersion = 2;

const finite = z.number();
const positive = z.number().positive();
const linear = onDemand(() =>
  z.object({
    kind: z.literal('linear'),
    intercept: finite,
    terms: z.array(z.object({ channel: z.string(), coefficient: finite })).min(1),
    covariance: z.array(z.array(finite)),
    residual: finite,
    spans: z.tuple([finite, finite]),
  }),
);
const point = z.object({ applied: finite, uApplied: finite, read: finite, uRead: finite });
const shownPoint = point.extend({ shown: finite, uShown: finite.nullable() });

const oldGas = z.object({ gas: z.string(), lot: z.string(), certificate: z.string(), expiresMs: finite });
const gas = oldGas.extend({
  uRelative: z.number().nonnegative().nullable(),
  balance: z.string().nullable(),
  humidity: z.enum(['dry', 'humid']).nullable(),
});
const conditions = onDemand(() =>
  z.object({
    temperatureC: finite.nullable(),
    relativePercent: finite.nullable(),
    pressureHpa: finite.nullable(),
    flowMlMin: finite.nullable(),
  }),
);

const lineCheck = onDemand(() =>
  z.object({ by: z.enum(['line', 'hand']), value: finite.nullable(), unit: z.string().nullable() }),
);

const named = {
  id: z.string().min(1),
  sensor: z.string(),
  serial: z.string(),
  quantity: z.string(),
  unit: z.string(),
  atMs: finite,
};
const head = {
  // An adjustment of version 1 stands in events with its version and without what it does not tell.
  version: z.union([z.literal(1), z.literal(2)]),
  ...named,
  gases: z.array(gas),
  conditions: conditions.nullable(),
  line: z.object({ flow: lineCheck, leak: lineCheck }).optional(),
  reason: z.string().optional(),
  by: z.string(),
  seal: z.object({ key: z.string(), signature: z.string() }).nullable(),
};
const verdict = { verdict: z.enum(['passed', 'failed']), reasons: z.array(z.string()) };

const adjustment: z.ZodType<Adjustment> = onDemand(() =>
  z.object({
    record: z.literal('adjustment'),
    ...head,
    method: z.enum(['two-point', 'multi-point', 'gain', 'co-location', 'factory']).nullable(),
    validUntilMs: finite,
    fit: linear,
    points: z.array(point),
    blank: z.object({ spread: z.number().nonnegative(), n: z.int().positive() }).optional(),
    asFound: z.array(shownPoint),
    asLeft: z.array(shownPoint),
    levels: z.int().min(0).nullable(),
    replaces: z.string().nullable(),
  }),
);

/** Version 1: an adjustment only, without a word of its version. */
const first = onDemand(() =>
  z
    .object({
      ...named,
      validUntilMs: finite,
      fit: linear,
      points: z.array(point),
      gases: z.array(oldGas),
      by: z.string(),
      replaces: z.string().nullable(),
    })
    .transform(
      (old): Adjustment => ({
        record: 'adjustment',
        version: 1,
        ...old,
        gases: old.gases.map((one) => ({ ...one, uRelative: null, balance: null, humidity: null })),
        method: null,
        conditions: null,
        asFound: [],
        asLeft: [],
        levels: null,
        seal: null,
      }),
    ),
);

const check: z.ZodType<CalibrationCheck> = onDemand(() =>
  z.object({
    record: z.literal('check'),
    ...head,
    calibration: z.string().nullable(),
    points: z.array(shownPoint).min(1),
    tolerance: positive,
    zeroTolerance: positive,
    ...verdict,
  }),
);

const seconds = z.number().nonnegative().nullable();
const bump: z.ZodType<BumpTest> = onDemand(() =>
  z.object({
    record: z.literal('bump'),
    ...head,
    calibration: z.string().nullable(),
    applied: finite,
    alarmAt: finite.nullable(),
    alarmTripped: z.boolean(),
    response: z.object({ peak: finite, t90S: seconds, t10S: seconds }),
    commissionedT90S: seconds,
    limits: z.object({ slower: positive, gain: z.tuple([finite, finite]) }),
    ...verdict,
  }),
);

const shapes = { adjustment, check, bump } as const;
const kindOf = z.looseObject({ record: z.enum(['adjustment', 'check', 'bump']), version: z.number() });

export type ReadRecord<R extends CalibrationRecord = CalibrationRecord> =
  | { readonly record: R; readonly why: null }
  | { readonly record: null; readonly why: string };

const refused = (why: string): ReadRecord<never> => ({ record: null, why });

/** A record from its plain value. Never throws: `why` says what is wrong with it and where. */
export function readRecord(value: unknown): ReadRecord {
  const plain = z.looseObject({}).safeParse(value).data;
  if (!plain) return refused('is not a record');
  if (!('record' in plain) && !('version' in plain)) return outcome(first.safeParse(value));
  const kind = kindOf.safeParse(value);
  if (!kind.success) return refused(z.prettifyError(kind.error));
  const { record, version } = kind.data;
  if (version > recordVersion)
    return refused(`is of version ${version}, made by a newer program; this one reads versions up to ${recordVersion}`);
  return outcome(shapes[record].safeParse(value));
}

const outcome = (result: z.ZodSafeParseResult<CalibrationRecord>): ReadRecord =>
  result.success ? { record: result.data, why: null } : refused(z.prettifyError(result.error));

/** An adjustment as it stands in a `calibration-in-force` event, of any version. */
export function readAdjustment(value: unknown): ReadRecord<Adjustment> {
  const { record, why } = readRecord(value);
  if (record === null) return refused(why);
  return record.record === 'adjustment' ? { record, why: null } : refused(`is a ${record.record}, not an adjustment`);
}
