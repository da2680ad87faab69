/**
 * A technician's procedure as a pure state machine: adjustment, check or bump, from the first question to the end of the
 * purge. Invariants (test/gas/procedures/machine.test.ts holds them over any sequence of inputs):
 * - stages follow one another in their order and none is left out before `keep`;
 * - `keep` is asked for once at the most, and only when everything before it was taken;
 * - what ended stays ended: an abort, a lost technician or a timeout before `keep` never puts a record in force;
 * - whatever happens, gas that may be in the line is purged before it is over, or the hard timeout ends it.
 * Times are monotonic milliseconds; `raw` is in the instrument's unit, `value` in that of the result.
 */
import { applyFit } from '../../core/calibration/apply.ts';
import { judgeAdjustment } from '../../core/calibration/judge.ts';
import { isFault } from '../../core/ports/fault.ts';
import type { LinearFit, ShownPoint } from '../../core/values/calibration.ts';
import type { Ending, Reason } from './ending.ts';
import { type Exposed, isTripped, seen } from './exposure.ts';
import {
  type AppliedGas,
  freshProcedure,
  mostSeen,
  type Procedure,
  type ProcedureInput,
  type ProcedureOptions,
  type ProcedureOutput,
  type ProcedureState,
  type Taken,
} from './procedure.ts';
import { type Stability, stabilityOf } from './stability.ts';
import { type Stage, type StageName, stagesOf } from './stages.ts';

type Result = readonly [ProcedureState, ...ProcedureOutput[]];

export function procedure(options: ProcedureOptions): Procedure {
  const { kind, gases, t90Ms, tolerance, rawPerUnit, limits } = options;
  const gainOnly = kind === 'adjustment' && gases.zero === null;
  const stages = stagesOf(kind, {
    further: gases.further.length,
    second: gases.second !== null,
    zero: gases.zero !== null,
    gainOnly,
  });
  const stageOf = (state: ProcedureState): Stage => stages[state.at] as Stage;
  const takenAt = (state: ProcedureState, name: StageName): Taken | undefined =>
    state.taken.find(({ stage }) => stage === name);
  /** One percent of the span, in the instrument's unit. */
  const slack = Math.abs(0.01 * gases.span.applied * rawPerUnit);

  const fresh = (atMs: number): ProcedureState => enter(freshProcedure(atMs), 0, atMs);

  function enter(state: ProcedureState, at: number, atMs: number): ProcedureState {
    const does = stages[at]?.does;
    const asks = does === 'confirm' || ((does === 'measure' || does === 'respond') && stages[at]?.name !== 'ambient');
    return { ...state, at, phase: asks ? 'ask' : 'run', sinceMs: atMs, seen: [] };
  }

  const step: Procedure['step'] = (state, input) => {
    if (state.over) return [state];
    const { atMs } = input;
    switch (input.type) {
      case 'deadline':
        return onDeadline(state);
      case 'lost':
        return [state.lostMs === null ? { ...state, lostMs: atMs } : state];
      case 'back':
        return [{ ...state, lostMs: null }];
      default:
        return stageOf(state).does === 'keep' ? keeping(state, input) : going(state, input);
    }
  };

  function going(state: ProcedureState, input: ProcedureInput): Result {
    const { type, atMs } = input;
    if (type === 'abort') return state.ending ? [state] : end(state, aborted('by-technician'), atMs);
    const isLost = state.lostMs !== null && atMs - state.lostMs > limits.graceMs;
    if (isLost && !state.ending) return end(state, aborted('connection-lost'), atMs);
    if (type === 'next') return onNext(state, atMs);
    return watched(type === 'reading' ? read(state, input) : state, atMs);
  }

  function onDeadline(state: ProcedureState): Result {
    // A record that is being written is waited for: it takes milliseconds, and whether it stands must be told.
    if (stageOf(state).does === 'keep') return [state];
    return finish({ ...state, ending: state.ending ?? aborted('deadline') });
  }

  function onNext(state: ProcedureState, atMs: number): Result {
    const { does, connect } = stageOf(state);
    if (does === 'purge') {
      const early = atMs - state.sinceMs < limits.purgeT90s[0] * t90Ms;
      return early ? [state] : finish(state);
    }
    if (state.phase === 'run') return [state];
    if (does === 'confirm') return [enter(state, state.at + 1, atMs)];
    const gassed = state.gassed || connect !== 'ambient';
    return [{ ...state, phase: 'run', sinceMs: atMs, seen: [], gassed }];
  }

  function read(state: ProcedureState, { atMs, raw, value, u }: Extract<ProcedureInput, { type: 'reading' }>) {
    // A gap empties the window: what is averaged is whole.
    if (raw === null)
      return stageOf(state).does === 'measure' && state.seen.length > 0 ? { ...state, seen: [] } : state;
    if (atMs < (state.seen.at(-1)?.atMs ?? state.sinceMs)) return state;
    return { ...state, seen: [...state.seen.slice(1 - mostSeen), { atMs, raw, value, u }] };
  }

  /** What time and the newest reading bring about. */
  function watched(state: ProcedureState, atMs: number): Result {
    const { does, name } = stageOf(state);
    const late = atMs >= untilMs(state);
    if (does === 'purge') return late || isPurged(state, atMs) ? finish(state) : [state];
    if (state.phase === 'ask') return late ? end(state, aborted('nobody'), atMs) : [state];
    if (does === 'respond') return respond(state, atMs, late);
    const found = stability(state, atMs);
    const enough = name === 'ambient' && late && state.seen.length > 0;
    if (found?.state === 'stable' || enough) return take(state, found as Stability, atMs);
    return late ? end(state, aborted('not-stable'), atMs) : [state];
  }

  function take(state: ProcedureState, { mean, u, spread, n }: Stability, atMs: number): Result {
    const stage = stageOf(state);
    const read = mean ?? state.seen.at(-1)?.raw ?? 0;
    const about = { read, uRead: u ?? 0, ...shownBy(state), atMs, spread: spread ?? 0, n };
    const one: Taken = { stage: stage.name, ...gasAt(stage), ...about };
    const next = { ...state, taken: [...state.taken, one] };
    if (stage.name === 'check-span') return toKeep(next, verdictOf(next), atMs);
    if (stage.name === 'as-left') return asLeft(state, one, atMs);
    if (completesFit(state.at)) return fitted(next, atMs);
    return [enter(next, state.at + 1, atMs)];
  }

  function gasAt({ connect, level }: Stage): AppliedGas {
    if (connect === 'ambient') return { applied: 0, uApplied: 0 };
    return (connect === 'level' ? gases.further[level ?? 0] : gases[connect]) as AppliedGas;
  }

  const completesFit = (at: number): boolean =>
    !gainOnly && /^adjust-(span|level)$/.test(stages[at]?.name ?? '') && stages[at + 1]?.name !== 'adjust-level';

  const shownBy = ({ seen: all }: ProcedureState): Pick<Taken, 'shown' | 'uShown'> => {
    const window = all.filter(({ atMs }) => atMs > (all.at(-1)?.atMs ?? 0) - t90Ms);
    const known = window.flatMap(({ value }) => (value === null ? [] : [value]));
    if (known.length === 0) return { shown: null, uShown: null };
    return { shown: known.reduce((sum, one) => sum + one, 0) / known.length, uShown: window.at(-1)?.u ?? null };
  };

  const isOff = ({ shown, applied }: Taken): boolean =>
    shown === null || Math.abs(shown - applied) > tolerance * Math.abs(applied === 0 ? gases.span.applied : applied);

  const verdictOf = ({ taken }: ProcedureState): Ending =>
    taken.some((one) => one.stage.startsWith('check-') && isOff(one))
      ? { result: 'failed', reason: 'out-of-tolerance', why: null }
      : { result: 'passed', reason: null, why: null };

  const pointsOf = ({ taken }: ProcedureState): readonly Taken[] =>
    taken.filter(({ stage }) => stage === 'adjust-zero' || stage === 'adjust-span' || stage === 'adjust-level');

  /** Goes on with the fit; a refusal of it ends the procedure in its words. */
  function withFit(
    state: ProcedureState,
    points: readonly Taken[],
    atMs: number,
    go: (fit: LinearFit) => Result,
  ): Result {
    let fit: LinearFit;
    try {
      fit = state.fit ?? options.fit(points);
    } catch (error) {
      if (!isFault(error)) throw error;
      const reason = points.length > 2 || gainOnly ? 'levels' : 'fit';
      return end(state, { result: 'failed', reason, why: error.message }, atMs);
    }
    return go(fit);
  }

  const fitted = (state: ProcedureState, atMs: number): Result =>
    withFit(state, pointsOf(state), atMs, (fit) => {
      const next = { ...state, fit };
      return gases.second ? [enter(next, state.at + 1, atMs)] : judged(next, [], atMs);
    });

  const asLeft = (state: ProcedureState, one: Taken, atMs: number): Result =>
    withFit(state, [...pointsOf(state), one], atMs, (fit) => {
      const seenBy = left(fit, one.read, one.uRead);
      const next = { ...state, fit, taken: [...state.taken, { ...one, ...seenBy }] };
      return judged(next, [{ ...one, ...seenBy }], atMs);
    });

  function judged(state: ProcedureState, after: readonly ShownPoint[], atMs: number): Result {
    const { verdict, reasons } = judgeAdjustment(
      { points: pointsOf(state), asLeft: after },
      { tolerance, zeroTolerance: tolerance * gases.span.applied, unit: options.unit },
    );
    if (verdict === 'failed') return end(state, { result: 'failed', reason: 'as-left', why: reasons.join('; ') }, atMs);
    return toKeep(state, { result: 'adjusted', reason: null, why: null }, atMs);
  }

  function respond(state: ProcedureState, atMs: number, late: boolean): Result {
    const stage = stageOf(state);
    const ambient = takenAt(state, 'ambient');
    if (!ambient) return end(state, aborted('not-stable'), atMs);
    const exposed = seen(state.exposed, state.seen, { stage: stage.name, ambient, applied: gases.span.applied, t90Ms });
    const next: ProcedureState = { ...state, exposed };
    if (stage.name === 'exposure') {
      const done = exposed.arrived && exposed.atRest && (options.alarm === null || isTripped(exposed, options.alarm));
      return done || late ? [enter(next, state.at + 1, atMs)] : [next];
    }
    if (!exposed.recovered && !late) return [next];
    return toKeep(next, bumpVerdict(exposed), atMs);
  }

  function bumpVerdict(exposed: Exposed): Ending {
    const failed = (reason: Reason): Ending => ({ result: 'failed', reason, why: null });
    if (!exposed.arrived) return failed('no-gas');
    if (options.alarm && !isTripped(exposed, options.alarm)) return failed('no-alarm');
    return { result: 'passed', reason: null, why: null };
  }

  function toKeep(state: ProcedureState, pending: Ending, atMs: number): Result {
    const at = stages.findIndex(({ does }) => does === 'keep');
    return [{ ...enter(state, at, atMs), pending }, { type: 'keep' }];
  }

  function keeping(state: ProcedureState, input: ProcedureInput): Result {
    if (input.type === 'kept' && state.pending) {
      // The record is judged by more than was watched here: how fast, how strong.
      const failed = input.failed && state.pending.result === 'passed';
      const ending = failed ? ({ result: 'failed', reason: 'verdict', why: input.failed } as const) : state.pending;
      return end(state, ending, input.atMs);
    }
    if (input.type === 'refused')
      return end(state, { result: 'failed', reason: 'not-kept', why: input.why }, input.atMs);
    return [state];
  }

  function end(state: ProcedureState, ending: Ending, atMs: number): Result {
    const next = { ...state, ending: state.ending ?? ending };
    if (!state.gassed) return finish(next);
    return [enter(next, stages.length - 1, atMs)];
  }

  const finish = (state: ProcedureState): Result => [
    { ...state, ending: state.ending ?? aborted('by-technician'), over: true },
    { type: 'over' },
  ];

  /** Back to a tenth of the way from ambient air to span gas; where nothing tells it, only the longest purge does. */
  function isPurged(state: ProcedureState, atMs: number): boolean {
    if (atMs - state.sinceMs < limits.purgeT90s[0] * t90Ms) return false;
    const ambient = takenAt(state, 'ambient');
    const last = state.seen.at(-1);
    if (!ambient || !last) return false;
    return Math.abs(last.raw - ambient.read) <= Math.max(10 * slack, 3 * ambient.spread);
  }

  function untilMs({ at, phase, sinceMs }: ProcedureState): number {
    const { does, name } = stages[at] as Stage;
    if (does === 'purge') return sinceMs + limits.purgeT90s[1] * t90Ms;
    if (phase === 'ask') return sinceMs + limits.askMs;
    return sinceMs + (name === 'ambient' ? 3 : limits.measureT90s) * t90Ms;
  }

  function stability(state: ProcedureState, nowMs: number): Stability | null {
    const { does, name } = stageOf(state);
    if (does !== 'measure' || state.phase !== 'run') return null;
    const ambient = takenAt(state, 'ambient');
    return stabilityOf(state.seen, state.sinceMs, nowMs, {
      windowMs: t90Ms,
      settleMs: (name === 'ambient' ? 1 : 3) * t90Ms,
      tolerance: slack,
      noise: 3 * (ambient?.spread ?? 0),
      resolution: options.resolution,
    });
  }

  return { stages, fresh, step, stability, untilMs };
}

/** What a raw value means through the new fit. */
function left(fit: LinearFit, raw: number, u: number): Pick<ShownPoint, 'shown' | 'uShown'> {
  const { value, u: uShown } = applyFit(fit, [raw], [u]);
  return { shown: value, uShown };
}

const aborted = (reason: Reason): Ending => ({ result: 'aborted', reason, why: null });
