/** The record of a procedure, from what was taken: see core/values/calibration.ts for what each field says. */
import { bumpLimits, judgeBump, judgeCheck, levelsOf } from '../../core/calibration/judge.ts';
import type { Unsealed } from '../../core/ports/calibrations.ts';
import type { Cylinder } from '../../core/procedure/link.ts';
import type { BumpTest } from '../../core/values/bump-test.ts';
import type { Adjustment, Conditions, GasSource, RecordHead, ShownPoint } from '../../core/values/calibration.ts';
import type { CalibrationCheck } from '../../core/values/calibration-check.ts';
import { answerOf, isTripped } from './exposure.ts';
import { gasesOf } from './gases.ts';
import type { Taken } from './procedure.ts';
import type { Session } from './session.ts';

/** What was known beside the gas. */
export interface Circumstances {
  readonly atMs: number;
  readonly validDays: number;
  readonly conditions: Conditions;
  /** T90 in seconds when the part was commissioned: of its first bump; null where there was none. */
  readonly commissionedT90S: number | null;
}

const dayMs = 86_400_000;
/** The record to be signed and kept. It is of a session that asked for it: what it needs was taken. */
export function recordOf(session: Session, about: Circumstances): Unsealed {
  const { kind } = session.choice;
  if (kind === 'adjustment') return adjustmentOf(session, about);
  return kind === 'check' ? checkOf(session, about) : bumpOf(session, about);
}

function headOf(
  { id, target, choice, by, line }: Session,
  { atMs, conditions }: Circumstances,
): Omit<RecordHead, 'seal'> {
  const { sensor, serial, quantity, unit } = target;
  const gases = gasesOf(choice).map(sourceOf);
  const { flow, leak } = line;
  return {
    version: 2,
    id,
    sensor,
    serial,
    quantity,
    unit,
    atMs,
    gases,
    conditions,
    by,
    ...(flow && leak ? { line: { flow, leak } } : {}),
    ...(choice.reason && gases.some(({ expiresMs }) => expiresMs < atMs) ? { reason: choice.reason } : {}),
  };
}

const sourceOf = ({ gas, lot, certificate, expiresMs, uRelative, balance, humidity }: Cylinder): GasSource => ({
  gas,
  lot,
  certificate,
  expiresMs,
  uRelative,
  balance,
  humidity,
});

const pointsOf = ({ state }: Session, ...stages: readonly string[]): Taken[] =>
  state.taken.filter(({ stage }) => stages.includes(stage));

const plain = ({ applied, uApplied, read, uRead }: Taken) => ({ applied, uApplied, read, uRead });

/** Points through what was in force; none where nothing was shown. */
const shownOf = (all: readonly Taken[]): ShownPoint[] =>
  all.flatMap((one) => (one.shown === null ? [] : [{ ...plain(one), shown: one.shown, uShown: one.uShown }]));

function adjustmentOf(session: Session, about: Circumstances): Omit<Adjustment, 'seal'> {
  const { state, before } = session;
  if (!state.fit) throw new RangeError('an adjustment without a fit has no record');
  const points = pointsOf(session, 'adjust-zero', 'adjust-span', 'adjust-level').map(plain);
  const [zero] = pointsOf(session, 'adjust-zero');
  const asLeft = shownOf(pointsOf(session, 'as-left'));
  return {
    record: 'adjustment',
    ...headOf(session, about),
    method: session.choice.gainOnly ? 'gain' : points.length > 2 ? 'multi-point' : 'two-point',
    validUntilMs: about.atMs + about.validDays * dayMs,
    fit: state.fit,
    points,
    ...(zero ? { blank: { spread: zero.spread, n: zero.n } } : {}),
    asFound: before ? shownOf(pointsOf(session, 'as-found-zero', 'as-found-span')) : [],
    asLeft,
    levels: levelsOf(points, asLeft),
    replaces: before?.id ?? null,
  };
}

function checkOf(session: Session, about: Circumstances): Omit<CalibrationCheck, 'seal'> {
  const { before, options, target } = session;
  const points = shownOf(pointsOf(session, 'check-zero', 'check-span'));
  const { tolerance } = options;
  const zeroTolerance = tolerance * options.gases.span.applied;
  return {
    record: 'check',
    ...headOf(session, about),
    calibration: before?.id ?? null,
    points,
    tolerance,
    zeroTolerance,
    ...judgeCheck(points, { tolerance, zeroTolerance, unit: target.unit }),
  };
}

function bumpOf(session: Session, about: Circumstances): Omit<BumpTest, 'seal'> {
  const { state, before, options, target } = session;
  const { exposed, taken } = state;
  const ambient = taken.find(({ stage }) => stage === 'ambient');
  const base = ambient?.shown ?? ambient?.read ?? 0;
  const told = {
    applied: options.gases.span.applied,
    unit: target.unit,
    alarmAt: options.alarm?.on ?? null,
    alarmTripped: exposed !== null && options.alarm !== null && isTripped(exposed, options.alarm),
    response: exposed?.arrived ? answerOf(exposed, base) : { peak: base, t90S: null, t10S: null },
    commissionedT90S: about.commissionedT90S,
    limits: bumpLimits,
  };
  return { record: 'bump', ...headOf(session, about), calibration: before?.id ?? null, ...told, ...judgeBump(told) };
}
