/** One procedure on one channel: its machine, its gases and who drives it; and what a screen is told of it. */
import type { SamplingLine } from '../../core/config/sampling.ts';
import type { Running } from '../../core/procedure/link.ts';
import type { Adjustment, LineChecks } from '../../core/values/calibration.ts';
import { isTripped } from './exposure.ts';
import { fitOf } from './fitted.ts';
import type { GasChoice } from './gases.ts';
import { procedure } from './machine.ts';
import type { AppliedGas, Procedure, ProcedureOptions, ProcedureState } from './procedure.ts';
import type { ProceduresSection } from './section.ts';

/** A channel that a procedure may be run on. */
export interface Target {
  /** `sensor/quantity`. */
  readonly target: string;
  readonly sensor: string;
  readonly serial: string;
  readonly part: string;
  readonly quantity: string;
  readonly unit: string;
  /** `sensor/channel` of its raw value. */
  readonly channel: string;
  /** Smallest step of the raw value, in the instrument's unit. */
  readonly resolution: number;
  /** Seconds to 90 % of an answer, as gas is given: at the inlet where that is known. */
  readonly t90S: number;
  readonly metalOxide: boolean;
  /** What brings its air; null where nothing is known of it. */
  readonly samplingLine: SamplingLine | null;
  readonly alarm: ProcedureOptions['alarm'];
}

export interface Session {
  readonly id: string;
  readonly target: Target;
  readonly choice: GasChoice;
  readonly by: string;
  /** What was in force when it began. */
  readonly before: Adjustment | null;
  readonly options: ProcedureOptions;
  readonly machine: Procedure;
  state: ProcedureState;
  record: string | null;
  /** What was confirmed of the line so far. */
  line: Partial<LineChecks>;
}

export interface Beginning {
  readonly id: string;
  readonly target: Target;
  readonly choice: GasChoice;
  readonly by: string;
  readonly before: Adjustment | null;
  readonly section: ProceduresSection;
}

export function openSession({ section, ...one }: Beginning, nowMs: number): Session {
  const { target, choice, before } = one;
  const coefficient = before?.fit.terms.length === 1 ? (before.fit.terms[0]?.coefficient ?? 1) : 1;
  const gasOf = (gas: { applied: number; uRelative: number | null }): AppliedGas => ({
    applied: gas.applied,
    // A certificate that states nothing is taken as the usual 2 % (k = 2) of a working mixture, and 10 ppb of a zero gas.
    uApplied: gas.applied === 0 ? 0.01 : gas.applied * (gas.uRelative ?? 0.01),
  });
  const options: ProcedureOptions = {
    kind: choice.kind,
    gases: {
      zero: choice.zero ? gasOf(choice.zero) : null,
      span: gasOf(choice.span),
      further: choice.further.map(gasOf),
      second: choice.second ? gasOf(choice.second) : null,
    },
    unit: target.unit,
    t90Ms: target.t90S * 1000,
    tolerance: section.tolerance,
    rawPerUnit: coefficient === 0 ? 1 : Math.abs(1 / coefficient),
    resolution: target.resolution,
    alarm: target.alarm,
    limits: {
      askMs: section.askS * 1000,
      measureT90s: section.measureT90s,
      purgeT90s: section.purgeT90s,
      graceMs: section.graceS * 1000,
    },
    fit: fitOf({
      channel: target.channel,
      before,
      gainOnly: choice.gainOnly,
      tolerances: {
        tolerance: section.tolerance,
        zeroTolerance: section.tolerance * choice.span.applied,
        unit: target.unit,
      },
    }),
  };
  const machine = procedure(options);
  return { ...one, options, machine, state: machine.fresh(nowMs), record: null, line: {} };
}

/** What is told of it: `endsInS` until the hard timeout. */
export function runningOf(
  { id, choice, by, options, machine, state, record }: Session,
  nowMs: number,
  about: { readonly mine: boolean; readonly endsInS: number; readonly extensions: number },
): Running {
  const stage = machine.stages[state.at];
  const connect = stage?.connect ?? 'ambient';
  const stability = machine.stability(state, nowMs);
  const { exposed, taken, phase, lostMs, ending, over, at } = state;
  return {
    id,
    kind: choice.kind,
    by,
    ...about,
    stages: machine.stages.map(({ name }) => name),
    at,
    phase,
    connect,
    gas:
      connect === 'ambient'
        ? null
        : connect === 'level'
          ? (choice.further[stage?.level ?? 0] ?? null)
          : choice[connect],
    stability: stability && {
      state: stability.state,
      slope: stability.slope,
      spread: stability.spread,
      mean: stability.mean,
    },
    readyInS: stability === null ? null : stability.readyInMs / 1000,
    givesUpInS: Math.max(0, (machine.untilMs(state) - nowMs) / 1000),
    lost: lostMs !== null,
    alarm: options.alarm && {
      on: options.alarm.on,
      tripped: exposed !== null && isTripped(exposed, options.alarm),
    },
    taken: taken.map(({ stage: name, applied, read, uRead, shown, uShown }) => ({
      stage: name,
      applied,
      read,
      uRead,
      shown,
      uShown,
    })),
    ending: ending && { ...ending },
    over,
    record,
  };
}
