/**
 * What a part has gone through since it was put in: gas times hours, and hours in air so wet that water may condense in it. Both
 * age cells and lamps, and neither shows in a zero (sensing.md section 2). Plain JSON, per serial number, committed with health.
 */
import type { ExposedBy } from '../core/calibration/history.ts';
import type { Step } from '../core/flow/scan.ts';
import type { Measurement } from '../core/values/measurement.ts';
import type { Stamp } from '../core/values/stamp.ts';

/** Of one quantity of one part. */
export interface Dose extends ExposedBy {
  /** Boot and monotonic ns of the last value that counted. */
  readonly boot: string;
  readonly lastNs: number;
  /** Totals at the end of each day, for plots; the newest, oldest first. */
  readonly days: readonly ExposedBy[];
}

export interface DoseState {
  /** By serial number and quantity. */
  readonly doses: Readonly<Record<string, Dose>>;
  /** %RH as last read; null before. */
  readonly relativePercent: number | null;
}

export const freshDose = (doses: DoseState['doses'] = {}): DoseState => ({ doses, relativePercent: null });

/** Relative humidity from which water is taken to condense somewhere in the line or the cell. */
const wetPercent = 95;
/** A gap longer than this is not counted: nobody knows what was there. */
const longestGapNs = 300e9;
const hourNs = 3.6e12;
const mostDays = 400;
const dayMs = 86_400_000;

export interface DoseOf {
  /** Serial number of each sensor. */
  readonly serials: ReadonlyMap<string, string>;
  /** `sensor/quantity` of each quantity that is dosed. */
  readonly parts: ReadonlySet<string>;
}

/** Adds what a measurement stands for since the one before. Negative values are no gas and take nothing back. */
export function dose({ serials, parts }: DoseOf): Step<DoseState, Measurement, never> {
  return (state, { sensor, quantity, value, at }) => {
    if (value === null || !parts.has(`${sensor}/${quantity}`)) return [state];
    const serial = serials.get(sensor) ?? '';
    const key = `${serial}/${quantity}`;
    const before = state.doses[key] ?? begun(serial, quantity, at);
    const hours = hoursSince(before, at);
    const wet = state.relativePercent !== null && state.relativePercent >= wetPercent;
    const now = {
      serial,
      quantity,
      atMs: at.wallMs,
      doseHours: before.doseHours + Math.max(0, value) * hours,
      condensationHours: before.condensationHours + (wet ? hours : 0),
    };
    const { serial: _s, quantity: _q, boot: _b, lastNs: _l, days, ...was } = before;
    const over = Math.floor(at.wallMs / dayMs) > Math.floor(before.atMs / dayMs);
    const next: Dose = {
      ...now,
      boot: at.boot,
      lastNs: at.monoNs,
      days: over ? [...days, { serial, quantity, ...was }].slice(-mostDays) : days,
    };
    return [{ ...state, doses: { ...state.doses, [key]: next } }];
  };
}

const begun = (serial: string, quantity: string, at: Stamp): Dose => ({
  serial,
  quantity,
  atMs: at.wallMs,
  doseHours: 0,
  condensationHours: 0,
  boot: at.boot,
  lastNs: at.monoNs,
  days: [],
});

function hoursSince({ boot, lastNs }: Dose, at: Stamp): number {
  const ns = at.monoNs - lastNs;
  return boot === at.boot && ns > 0 && ns <= longestGapNs ? ns / hourNs : 0;
}

/** The totals of every part: each day's end, and now. */
export const exposedOf = ({ doses }: DoseState): readonly ExposedBy[] =>
  Object.values(doses).flatMap(({ days, boot: _b, lastNs: _l, ...now }) => [...days, now]);
