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
  /** By serial number and quantity; filled in place. */
  readonly doses: Record<string, Dose>;
  /** %RH as last read; null before. */
  readonly relativePercent: number | null;
}

export const freshDose = (doses: DoseState['doses'] = {}): DoseState => ({
  doses: { ...doses },
  relativePercent: null,
});

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
  const dosed = new Map<string, Map<string, { readonly serial: string; readonly key: string }>>();
  for (const part of parts) {
    const [sensor = '', quantity = ''] = part.split('/');
    const serial = serials.get(sensor) ?? '';
    const quantities = dosed.get(sensor) ?? new Map<string, { serial: string; key: string }>();
    dosed.set(sensor, quantities.set(quantity, { serial, key: `${serial}/${quantity}` }));
  }
  return (state, { sensor, quantity, value, at }) => {
    const part = dosed.get(sensor)?.get(quantity);
    if (value === null || part === undefined) return [state];
    const { serial, key } = part;
    const before = state.doses[key] ?? begun(serial, quantity, at);
    const hours = hoursSince(before, at);
    const wet = state.relativePercent !== null && state.relativePercent >= wetPercent;
    const isNextDay = Math.floor(at.wallMs / dayMs) > Math.floor(before.atMs / dayMs);
    state.doses[key] = {
      serial,
      quantity,
      atMs: at.wallMs,
      doseHours: before.doseHours + Math.max(0, value) * hours,
      condensationHours: before.condensationHours + (wet ? hours : 0),
      boot: at.boot,
      lastNs: at.monoNs,
      days: isNextDay ? [...before.days, totalsOf(before)].slice(-mostDays) : before.days,
    };
    return [state];
  };
}

const totalsOf = ({ serial, quantity, atMs, doseHours, condensationHours }: Dose): ExposedBy => ({
  serial,
  quantity,
  atMs,
  doseHours,
  condensationHours,
});

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
  Object.values(doses).flatMap((one) => [...one.days, totalsOf(one)]);
