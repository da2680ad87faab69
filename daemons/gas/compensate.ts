import { exp, ln } from '../core/exact/math.ts';
import type { Step } from '../core/flow/scan.ts';
import { type Flag, joinFlags } from '../core/values/flags.ts';
import type { Reading } from '../core/values/reading.ts';

/** One metal-oxide element behind a divider: see `element` in core/config/box.ts. */
export interface Element {
  readonly quantity: string;
  readonly channel: string;
  readonly loadOhm: number;
  readonly supplyMv: number;
  readonly r0Ohm: number;
  readonly perDegree: number;
  readonly perLnHumidity: number;
}

export interface Climate {
  readonly temperature: string;
  readonly humidity: string;
}

export interface CompensateState {
  temperatureC: number | null;
  relativePercent: number | null;
  /** Climate factor of each element, in the order of the array; null until temperature and humidity are known. */
  factors: Float64Array | null;
}

export const freshClimate = (): CompensateState => ({ temperatureC: null, relativePercent: null, factors: null });

/** The sensor name under which derived readings go on. */
export const arraySensor = 'array';
export const humidityQuantity = 'absolute-humidity';

const referenceC = 20;
const referenceGm3 = 10;

/** Absolute humidity in g/m3 from temperature in C and relative humidity in % (Magnus form; sensing.md section 2). */
export function absoluteHumidity(temperatureC: number, relativePercent: number): number {
  const vapourHpa = (relativePercent / 100) * 6.112 * exp((17.62 * temperatureC) / (243.12 + temperatureC));
  return (216.7 * vapourHpa) / (273.15 + temperatureC);
}

/** Sensor resistance in ohm from the voltage across the load resistor: Rs = RL (Vc - Vout) / Vout. null at or beyond the rails. */
export function dividerOhm(outMv: number, { loadOhm, supplyMv }: Pick<Element, 'loadOhm' | 'supplyMv'>): number | null {
  return outMv > 0 && outMv < supplyMv ? (loadOhm * (supplyMv - outMv)) / outMv : null;
}

/** Works the elements' factors out anew from the climate in `state`; gives the absolute humidity in g/m3, or null. */
export function weather(state: CompensateState, array: readonly Element[]): number | null {
  if (state.temperatureC === null || state.relativePercent === null) {
    state.factors = null;
    return null;
  }
  const gm3 = absoluteHumidity(state.temperatureC, state.relativePercent);
  const lnHumidity = ln(Math.max(gm3, 0.01) / referenceGm3);
  const warmer = state.temperatureC - referenceC;
  state.factors = Float64Array.from(array, (one) => exp(one.perDegree * warmer + one.perLnHumidity * lnHumidity));
  return gm3;
}

/**
 * Lets every reading pass and adds what is derived from it: Rs/R0 of each metal-oxide element, with temperature and
 * humidity divided out (k = exp(a1 (T - 20) + a2 ln(AH / 10))), and the absolute humidity itself. Without a climate
 * the ratio goes on uncorrected and flagged `uncompensated`: degraded, not deleted.
 */
export function compensate(
  array: readonly Element[],
  climate: Climate | null,
): Step<CompensateState, Reading, Reading> {
  const elements = new Map<string, Map<string, number>>();
  array.forEach(({ channel }, index) => {
    const [sensor = '', name = ''] = channel.split('/');
    if (!elements.has(sensor)) elements.set(sensor, new Map());
    elements.get(sensor)?.set(name, index);
  });
  const [temperatureSensor = '', temperatureChannel = ''] = climate?.temperature.split('/') ?? [];
  const [humiditySensor = '', humidityChannel = ''] = climate?.humidity.split('/') ?? [];

  return (state, reading) => {
    if (reading.sensor === temperatureSensor && reading.channel === temperatureChannel) {
      state.temperatureC = reading.value;
      weather(state, array);
      return [state, reading];
    }
    if (reading.sensor === humiditySensor && reading.channel === humidityChannel) {
      state.relativePercent = reading.value;
      const gm3 = weather(state, array);
      return [state, reading, { ...reading, channel: humidityQuantity, value: gm3, unit: 'g/m3' }];
    }
    const index = elements.get(reading.sensor)?.get(reading.channel);
    const element = index === undefined ? undefined : array[index];
    if (index === undefined || element === undefined) return [state, reading];
    return [state, reading, ratioOf(reading, element, state.factors?.[index] ?? null)];
  };
}

const uncompensated: readonly Flag[] = ['uncompensated'];
const offTheRails: readonly Flag[] = ['out-of-range'];

function ratioOf(reading: Reading, element: Element, factor: number | null): Reading {
  const ohm = reading.value === null ? null : dividerOhm(reading.value, element);
  let flags = reading.flags;
  if (reading.value !== null && ohm === null) flags = joinFlags(flags, offTheRails);
  if (factor === null) flags = joinFlags(flags, uncompensated);
  return {
    sensor: arraySensor,
    channel: element.quantity,
    at: reading.at,
    value: ohm === null ? null : ohm / (element.r0Ohm * (factor ?? 1)),
    unit: '1',
    flags,
  };
}
