/**
 * Takes out of a calibrated value what temperature, humidity and pressure make of it, against the conditions in which it was
 * calibrated: shown = c s(now) / s(then) + z(now) - z(then), so c = (shown + z(then) - z(now)) s(then) / s(now), with s the share of
 * the answer and z what is shown without gas. Cylinder gas is dry: a part that was calibrated with it was calibrated at 0 g/m3,
 * whatever the weather was. Air is taken from the measurements of the line itself, in their order.
 */
import type { Board } from '../core/config/box.ts';
import type { Compensation } from '../core/config/compensation.ts';
import { exp, ln } from '../core/exact/math.ts';
import type { Step } from '../core/flow/scan.ts';
import type { Adjustment } from '../core/values/calibration.ts';
import { type Flag, joinFlags } from '../core/values/flags.ts';
import type { Measurement } from '../core/values/measurement.ts';
import { absoluteHumidity, humidityQuantity } from './compensate.ts';

/** Air at a moment; null where nothing measures it. */
export interface Air {
  readonly temperatureC: number | null;
  readonly humidityGm3: number | null;
  readonly pressureHpa: number | null;
}

export const noAir: Air = { temperatureC: null, humidityGm3: null, pressureHpa: null };

const fieldOf: Readonly<Record<string, keyof Air>> = {
  temperature: 'temperatureC',
  [humidityQuantity]: 'humidityGm3',
  pressure: 'pressureHpa',
};

/** The air in which an adjustment was made, as its record says. */
export function airThen({ conditions, gases }: Pick<Adjustment, 'conditions' | 'gases'>): Air {
  if (!conditions) return noAir;
  const { temperatureC, relativePercent, pressureHpa } = conditions;
  const isDry = gases.some(({ humidity }) => humidity === 'dry');
  const wet =
    temperatureC !== null && relativePercent !== null ? absoluteHumidity(temperatureC, relativePercent) : null;
  return { temperatureC, humidityGm3: isDry ? 0 : wet, pressureHpa };
}

const standardHpa = 1013.25;

interface Answer {
  readonly span: number;
  readonly zero: number;
}

/** Between two rows along a straight line; beyond the ends the last row, and `outside`. */
function between(
  rows: readonly (Answer & { readonly x: number })[],
  x: number,
): Answer & { readonly outside: boolean } {
  const [first, last] = [rows[0], rows.at(-1)];
  const outside = x < (first?.x ?? x) || x > (last?.x ?? x);
  const above = rows.findIndex((row) => row.x >= x);
  const high = above < 0 ? last : rows[above];
  const low = above <= 0 ? high : rows[above - 1];
  const share = low && high && high.x > low.x ? (x - low.x) / (high.x - low.x) : 0;
  const at = (of: 'span' | 'zero'): number => (low?.[of] ?? 0) + share * ((high?.[of] ?? 0) - (low?.[of] ?? 0));
  return { span: at('span'), zero: at('zero'), outside };
}

/** What the tables say of one air; null where it needs something that is not known. */
function answerIn(tables: Compensation, air: Air): (Answer & { readonly outside: boolean }) | null {
  const { temperature, humidity, pressure } = tables;
  const { temperatureC, humidityGm3, pressureHpa } = air;
  let [span, zero, outside] = [1, 0, false];
  const take = (rows: readonly (Answer & { readonly x: number })[], x: number): void => {
    const one = between(rows, x);
    span *= one.span;
    zero += one.zero;
    outside ||= one.outside;
  };
  if (temperature) {
    if (temperatureC === null) return null;
    take(
      temperature.map((row) => ({ ...row, x: row.c })),
      temperatureC,
    );
  }
  if (humidity) {
    if (humidityGm3 === null) return null;
    take(
      humidity.map((row) => ({ ...row, x: row.gm3 })),
      humidityGm3,
    );
  }
  if (pressure) {
    if (pressureHpa === null || pressureHpa <= 0) return null;
    span *= exp(pressure.exponent * ln(pressureHpa / standardHpa));
  }
  return { span, zero, outside };
}

const atReference = { span: 1, zero: 0 };

export interface Corrected {
  readonly tables: Compensation;
  /** The air of the adjustment in force; null: the part is used as it came, at the reference of its sheet. */
  readonly madeIn: Air | null;
}

/** Corrects one value; null where the air now or then is not known. */
export function corrected(
  value: number,
  { tables, madeIn, now }: Corrected & { readonly now: Air },
): { readonly value: number; readonly share: number; readonly outside: boolean } | null {
  const was = madeIn === null ? atReference : answerIn(tables, madeIn);
  const is = answerIn(tables, now);
  if (!was || !is) return null;
  const share = was.span / is.span;
  return { value: (value + was.zero - is.zero) * share, share, outside: is.outside };
}

const uncompensated: readonly Flag[] = ['uncompensated'];
const extrapolated: readonly Flag[] = ['extrapolated'];

/** What the quantities of a board that have tables are corrected by, as `sensor/quantity`. */
export function correctionsOf(
  board: Board,
  conversions: readonly { readonly sensor: string; readonly quantity: string; readonly madeIn?: Air | null }[],
): ReadonlyMap<string, Corrected> {
  const madeIn = new Map(conversions.map((one) => [`${one.sensor}/${one.quantity}`, one.madeIn ?? null]));
  return new Map(
    board.quantities.flatMap(({ quantity, channel, compensate: tables }) => {
      const key = `${channel.split('/', 1)[0]}/${quantity}`;
      return tables ? [[key, { tables, madeIn: madeIn.get(key) ?? null }] as const] : [];
    }),
  );
}

/** Passes on every measurement, those with tables corrected; one that cannot be is passed on as it is, flagged. */
export function correct(by: ReadonlyMap<string, Corrected>): Step<Air, Measurement, Measurement> {
  return (air, measurement) => {
    const field = fieldOf[measurement.quantity];
    const now = field ? { ...air, [field]: measurement.value } : air;
    const one = by.get(`${measurement.sensor}/${measurement.quantity}`);
    if (!one || measurement.value === null) return [now, measurement];
    const result = corrected(measurement.value, { ...one, now });
    if (!result) return [now, { ...measurement, flags: joinFlags(measurement.flags, uncompensated) }];
    const { value, share, outside } = result;
    const own = one.tables.u * value;
    return [
      now,
      {
        ...measurement,
        value,
        u: measurement.u === null ? null : Math.sqrt(share * share * measurement.u * measurement.u + own * own),
        flags: outside ? joinFlags(measurement.flags, extrapolated) : measurement.flags,
        ...(measurement.lod === undefined ? {} : { lod: share * measurement.lod }),
      },
    ];
  };
}
