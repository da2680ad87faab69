/** The straight line of the gas daemon, from readings to what must be kept. Pure but for the inference it is given. */
import type { Board } from '../core/config/box.ts';
import { runIfAny, runStep } from '../core/flow/scan.ts';
import type { ActiveModel } from '../core/model/activate.ts';
import type { Item } from '../core/ports/spool.ts';
import { asRecorded, freshRecorded, type RecordedState } from '../core/telemetry/recorded.ts';
import type { Alert } from '../core/values/alert.ts';
import type { Where } from '../core/values/detection.ts';
import type { BoxEvent } from '../core/values/envelope.ts';
import type { Measurement } from '../core/values/measurement.ts';
import type { Reading } from '../core/values/reading.ts';
import type { Stamp } from '../core/values/stamp.ts';
import { type AlertState, alert } from './alert.ts';
import { type BesideState, beside, freshBeside } from './beside.ts';
import { type CalibrateState, type Conversion, calibrate, freshCalibrate } from './calibrate.ts';
import { type Air, correct, correctionsOf, noAir } from './climate-correction.ts';
import { type CompensateState, compensate, freshClimate, humidityQuantity } from './compensate.ts';
import type { GasSection } from './config.ts';
import type { CrewCommand } from './crew/crew.ts';
import { inOrderOfTime } from './crew/crew-line.ts';
import { type DetectState, detect, type Look } from './detect.ts';
import type { ChannelsState } from './detection/channels.ts';
import type { Flight } from './detection/flight.ts';
import { freshTaken, type TakenState } from './detection/taken-for.ts';
import { evidenceOf } from './evidence-of.ts';
import { freshGrounds, type GroundsState, grounds } from './grounds/grounds.ts';
import { type InForceRefs, lineStateEvent } from './in-force.ts';
import { inlet } from './inlet.ts';
import { judging } from './judging.ts';
import { type Batch, emptyBatch, seal, sizeOf } from './keep.ts';
import { freshLocating, type LocatingState, locating } from './locating/locating.ts';
import { classified, modelLooks } from './model-looks.ts';
import { freshPairs, type PairState, pair } from './quality/pair.ts';
import { rulesOf } from './quality/rules.ts';
import { freshQuality, type QualityState, quality } from './quality.ts';
import { freshSampling, parted, type SamplingState, sampling } from './sampling/sampling.ts';
import { freshWindow, type Windowed, type WindowState, window } from './window.ts';

export interface LineOptions {
  readonly device: string;
  readonly where: Where | null;
  readonly section: GasSection;
  readonly board: Board;
  readonly conversions: readonly Conversion[];
  readonly model: ActiveModel | null;
  /** Absent: nothing is put on record to start a replay from. */
  readonly inForce?: InForceRefs;
}

/** All the memory of the line. `detect`, `alert`, `crew` and the baseline are committed and recalled; the rest refills by itself. */
export interface LineState extends BesideState {
  readonly recorded: RecordedState;
  readonly quality: QualityState;
  readonly sampling: SamplingState;
  readonly compensate: CompensateState;
  readonly calibrate: CalibrateState;
  readonly air: Air;
  readonly pairs: PairState;
  readonly window: WindowState;
  readonly channels: ChannelsState;
  readonly taken: TakenState;
  readonly flight: Flight;
  readonly detect: DetectState;
  readonly alert: AlertState;
  readonly grounds: GroundsState;
  readonly locating: LocatingState;
  readonly batch: Batch;
  /** When the state was last put on record, in ns of the monotonic clock; null before the first telemetry. */
  readonly statedNs: number | null;
}

export interface Finding {
  readonly alerts: readonly Alert[];
  /** What is told of the sampling lines, and the state behind the telemetry, when it is due. */
  readonly events: readonly Item[];
  readonly telemetry: readonly Item[];
}

export interface Advance {
  readonly state: LineState;
  readonly measurements: readonly Measurement[];
  /** Every score of every rule, whether it crossed a threshold or not. */
  readonly looks: readonly Look[];
  readonly finding: Finding;
}

export interface GasLine {
  /** `run` names what is read from here on; `first` is the number of the next reading in it. */
  fresh(run?: string, first?: number): LineState;
  /** Takes what was read, in order; gives what must be kept now: full telemetry, and everything when there is an alert. */
  advance(state: LineState, readings: readonly Reading[]): Advance;
  /** A person's command to the crew's alarm, between two batches: what waited is kept before it. */
  command(state: LineState, command: CrewCommand): { readonly state: LineState; readonly finding: Finding };
  /** The state with other conversions: what several channels had gathered so far begins anew. */
  reconverted(state: LineState, conversions: readonly Conversion[]): LineState;
  /** What still waits for a full envelope. */
  drain(state: LineState): Finding;
}

const itemOf = (body: BoxEvent): Item => ({ stream: 'event', at: body.at, body });

export function gasLine({ device, where, section, board, conversions, model, inForce }: LineOptions): GasLine {
  const windowOptions = {
    ...section.window,
    array: board.array.map((one) => one.quantity),
    temperature: 'temperature',
    humidity: humidityQuantity,
  };
  const rules = rulesOf(board);
  const judged = quality(rules, board.climate);
  const sampled = board.sampling.length > 0 ? sampling(board.sampling) : null;
  const paired = board.pairs.length > 0 ? pair(board.pairs) : null;
  const inletTimed = board.sampling.some(({ delay }) => delay) ? inlet(board) : null;
  const corrections = correctionsOf(board, conversions);
  const inTheAir = corrections.size > 0 ? correct(corrections) : null;
  const compensated = compensate(board.array, board.climate ?? null);
  const windowed = window(windowOptions);
  const detected = detect(section.rules, where, section.context);
  const alerted = alert({ device, where, heldEveryMs: section.heldEveryMs });
  const grounded = grounds({ section: section.corroborate, rules: section.rules, where });
  const judgedInOrder = judging({ section, model, grounded, detected, moves: where === null });
  const located = section.plume ? locating({ section: section.plume, rules: section.rules, where }) : null;
  const supporting = new Set(section.rules.filter(({ supports }) => supports).map(({ kind }) => kind));
  const crewOptions = { device, where, heldEveryMs: section.heldEveryMs, limits: section.safety.limits };
  const besides = beside(crewOptions, section.passage);
  const modelRules = section.rules.filter((rule) => rule.score === 'model').map((rule) => rule.kind);
  const quantityRules = new Map<string, string[]>();
  const byTime = section.rules.some(
    ({ principle, score }) => principle || (typeof score === 'object' && 'change' in score),
  );
  for (const { kind, score } of section.rules) {
    if (typeof score === 'object' && 'quantity' in score)
      quantityRules.set(score.quantity, [...(quantityRules.get(score.quantity) ?? []), kind]);
  }

  /** What the model says of each window, and when. */
  const wordsOf = (windows: readonly Windowed[]) =>
    model && (modelRules.length > 0 || judgedInOrder.asksModel)
      ? windows.map((one) => ({ one, p: classified(one, model) }))
      : [];

  const looksOf = (measurements: readonly Measurement[], words: ReturnType<typeof wordsOf>): Look[] => {
    const looks: Look[] = [];
    if (model) for (const { one, p } of words) looks.push(...modelLooks(one, model, p, modelRules));
    if (quantityRules.size === 0) return looks;
    for (const one of measurements) {
      // In a technician's hands: it raises nothing, holds nothing and clears nothing.
      if (one.flags.includes('inhibited')) continue;
      for (const kind of quantityRules.get(one.quantity) ?? []) {
        const { at, value, flags, delayMs } = one;
        looks.push({ kind, at, score: value, model: null, evidence: [evidenceOf(one)], flags, delayMs });
      }
    }
    return looks;
  };

  /** The state as an event once `stateEveryMs` are over, behind the telemetry that ends at `at`. */
  const stated = (state: LineState, at: Stamp | undefined): [number | null, readonly Item[]] => {
    if (!at || !inForce) return [state.statedNs, []];
    const sinceNs = state.statedNs ?? at.monoNs;
    if (at.monoNs - sinceNs < section.evidence.stateEveryMs * 1e6) return [sinceNs, []];
    const body = { ...lineStateEvent(state, inForce), at };
    return [at.monoNs, [itemOf(body)]];
  };

  return {
    fresh: (run = 'run', first = 0) => ({
      recorded: freshRecorded(),
      quality: freshQuality(rules),
      sampling: freshSampling(board.sampling),
      compensate: freshClimate(),
      calibrate: freshCalibrate(conversions),
      air: noAir,
      pairs: freshPairs(board.pairs),
      window: freshWindow(windowOptions, null),
      channels: {},
      taken: freshTaken,
      flight: null,
      detect: {},
      alert: {},
      grounds: freshGrounds(),
      locating: freshLocating(),
      ...freshBeside,
      batch: emptyBatch(run, first),
      statedNs: null,
    }),
    advance: (state, readings) => {
      const [r, known] = runStep(asRecorded, state.recorded, readings);
      const [q, sound] = runStep(judged, state.quality, known);
      const [s, carried] = runIfAny(sampled, state.sampling, sound);
      const [checked, news] = parted(carried);
      const [c, derived] = runStep(compensated, state.compensate, checked);
      const [m, calibrated] = runStep(calibrate, state.calibrate, derived);
      const [air, inAir] = runIfAny(inTheAir, state.air, calibrated);
      const [p, agreeing] = runIfAny(paired, state.pairs, inAir);
      const [, measurements] = runIfAny(inletTimed, null, agreeing);
      const [w, windows] = runStep(windowed, state.window, measurements);
      const words = wordsOf(windows);
      const plain = looksOf(measurements, words);
      const inOrder = byTime ? plain.toSorted((one, other) => one.at.monoNs - other.at.monoNs) : plain;
      const told = { looks: inOrder, words };
      const {
        channels,
        taken,
        flight,
        memory: d,
        judgements,
        looks,
      } = judgedInOrder.judge(state, byTime ? measurements : [], told);
      const raising = supporting.size > 0 ? judgements.filter(({ rule }) => !supporting.has(rule.kind)) : judgements;
      const [a, raised] = runStep(alerted, state.alert, raising);
      const placed = located ? located.take(state.locating, measurements, raised) : raised;
      const guarded = besides.look(state, measurements);
      const alerts = inOrderOfTime(guarded.alerts, placed);
      const { batch } = state;
      for (const one of checked) batch.readings.push(one);
      for (const one of measurements) batch.measurements.push(one);
      const full = alerts.length > 0 || sizeOf(batch) >= section.telemetry.batch;
      const telemetry = full ? seal(batch) : [];
      const next = {
        recorded: r,
        quality: q,
        sampling: s,
        compensate: c,
        calibrate: m,
        air,
        pairs: p,
        window: w,
        channels,
        taken,
        flight,
        detect: d,
        alert: a,
        grounds: state.grounds,
        locating: state.locating,
        ...guarded.state,
        batch,
      };
      const [statedNs, states] = stated({ ...next, statedNs: state.statedNs }, telemetry[0]?.at);
      return {
        state: { ...next, statedNs },
        measurements,
        looks,
        finding: { alerts, events: [...news.map(itemOf), ...guarded.events.map(itemOf), ...states], telemetry },
      };
    },
    command: (state, command) => {
      const telemetry = seal(state.batch);
      const { state: next, alerts, event } = besides.command(state, command, state.batch);
      return { state: { ...state, ...next }, finding: { alerts, events: [itemOf(event)], telemetry } };
    },
    reconverted: (state, others) => ({ ...state, calibrate: freshCalibrate(others) }),
    drain: ({ batch }) => ({ alerts: [], events: [], telemetry: seal(batch) }),
  };
}
