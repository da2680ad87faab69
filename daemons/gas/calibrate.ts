import { applyFit } from '../core/calibration/apply.ts';
import type { Step } from '../core/flow/scan.ts';
import type { Adjustment } from '../core/values/calibration.ts';
import { type Flag, joinFlags } from '../core/values/flags.ts';
import type { Measurement } from '../core/values/measurement.ts';
import type { Reading } from '../core/values/reading.ts';
import type { Air } from './climate-correction.ts';

/** How one quantity comes out of one or more channels. */
export interface Conversion {
  readonly sensor: string;
  readonly quantity: string;
  readonly unit: string;
  /** `sensor/channel`, in the order of `fit.terms` where there is a fit. */
  readonly inputs: readonly string[];
  /** Standard uncertainty of each input's reading, in its unit: resolution / sqrt(12) at least. */
  readonly uInputs: readonly number[];
  readonly record:
    | (Pick<Adjustment, 'id' | 'validUntilMs' | 'fit'> & Partial<Pick<Adjustment, 'levels' | 'blank'>>)
    | null;
  /** Standard uncertainty by datasheet where the part's own calibration is accepted; null where a record is asked for. */
  readonly factoryU: number | null;
  /** Limit of detection in `unit`; absent or null where it is not known. */
  readonly lod?: number | null;
  /** The air in which the record was made; null where there is no record. */
  readonly madeIn?: Air | null;
}

interface Slot {
  readonly conversion: Conversion;
  readonly values: Float64Array;
  readonly flags: (readonly Flag[])[];
  readonly seen: Uint8Array;
  missing: number;
}

/** sensor -> channel -> where its value goes. Rebuilt from the conversions; holds the newest value of each input. */
export type CalibrateState = ReadonlyMap<
  string,
  ReadonlyMap<string, readonly { readonly slot: Slot; readonly input: number }[]>
>;

export function freshCalibrate(conversions: readonly Conversion[]): CalibrateState {
  const state = new Map<string, Map<string, { slot: Slot; input: number }[]>>();
  for (const conversion of conversions) {
    const n = conversion.inputs.length;
    const slot: Slot = {
      conversion,
      values: new Float64Array(n),
      flags: Array.from({ length: n }, () => []),
      seen: new Uint8Array(n),
      missing: n,
    };
    conversion.inputs.forEach((key, input) => {
      const [sensor = '', channel = ''] = key.split('/');
      if (!state.has(sensor)) state.set(sensor, new Map());
      const channels = state.get(sensor);
      if (!channels?.has(channel)) channels?.set(channel, []);
      channels?.get(channel)?.push({ slot, input });
    });
  }
  return state;
}

/**
 * Applies calibrations: value = intercept + sum(coefficient * reading), with its standard uncertainty from the
 * covariance of the fit, the readings' own uncertainty and the residual (GUM 5.1.2). A quantity of several channels is
 * given once all of them are new. Without a record the reading goes on as it is, flagged `uncalibrated`; an expired
 * record, and one that stands on a single level of gas, still convert, flagged: that degrades the claim and never silences
 * an alarm.
 */
export const calibrate: Step<CalibrateState, Reading, Measurement> = (state, reading) => {
  const targets = state.get(reading.sensor)?.get(reading.channel);
  if (targets === undefined) return [state];
  const first = targets[0];
  if (targets.length === 1 && first) {
    const measurement = put(first.slot, first.input, reading);
    return measurement === null ? [state] : [state, measurement];
  }
  const out: Measurement[] = [];
  for (const { slot, input } of targets) {
    const measurement = put(slot, input, reading);
    if (measurement !== null) out.push(measurement);
  }
  return [state, ...out];
};

function put(slot: Slot, input: number, reading: Reading): Measurement | null {
  slot.values[input] = reading.value ?? Number.NaN;
  slot.flags[input] = reading.flags;
  if (slot.seen[input] === 0) {
    slot.seen[input] = 1;
    slot.missing -= 1;
  }
  if (slot.missing > 0) return null;
  slot.seen.fill(0);
  slot.missing = slot.seen.length;
  return convert(slot, reading);
}

const uncalibrated: readonly Flag[] = ['uncalibrated'];
const expired: readonly Flag[] = ['calibration-expired'];
const singleLevel: readonly Flag[] = ['single-level'];
const extrapolated: readonly Flag[] = ['extrapolated'];

function convert(slot: Slot, reading: Reading): Measurement {
  const { lod } = slot.conversion;
  const measurement = converted(slot, reading);
  return lod === null || lod === undefined ? measurement : { ...measurement, lod };
}

function converted({ conversion, values, flags }: Slot, { at }: Reading): Measurement {
  const { sensor, quantity, unit, record, factoryU, uInputs } = conversion;
  let marks = flags.length === 1 ? (flags[0] ?? []) : flags.reduce(joinFlags);
  const gap = values.some(Number.isNaN);
  if (record === null) {
    if (factoryU === null) marks = joinFlags(marks, uncalibrated);
    return {
      sensor,
      quantity,
      at,
      value: gap ? null : (values[0] ?? null),
      unit,
      u: gap ? null : factoryU,
      flags: marks,
      calibration: null,
    };
  }
  const { fit, id, validUntilMs, levels } = record;
  if (at.wallMs > validUntilMs) marks = joinFlags(marks, expired);
  if (levels === 1) marks = joinFlags(marks, singleLevel);
  if (gap) return { sensor, quantity, at, value: null, unit, u: null, flags: marks, calibration: id };
  const { value, u } = applyFit(fit, values, uInputs);
  const span = fit.spans[1] - fit.spans[0];
  if (value < fit.spans[0] - 0.1 * span || value > fit.spans[1] + 0.1 * span) marks = joinFlags(marks, extrapolated);
  return {
    sensor,
    quantity,
    at,
    value,
    unit,
    u,
    flags: marks,
    calibration: id,
  };
}
