/** What simulated instruments answer to the air, as functions of time alone: the processes speak it, a study reads it faster than time. */
import { absoluteHumidity } from '../../gas/compensate.ts';
import { arrayConstants, freshArray, stepArray } from './array.ts';
import type { Air } from './world.ts';

/** The air `t` seconds after the start. */
export type AirAt = (t: number) => Air;

/** PID response factors to isobutylene (TN-106 and TA-02 differ: these are only plausible values for the simulation). */
const pidAnswer = { acetone: 1 / 1.1, toluene: 1 / 0.5, ethanol: 1 / 10, ammonia: 1 / 9.7, exhaust: 0.3 };

/** First-order lag from `fromS` on: an answer to a step, with T90 = 2.303 tau. Asked in the order of time. */
export function lagged(tauS: number, fromS: number, input: (t: number) => number): (t: number) => number {
  let last = fromS;
  let value = input(last);
  return (t) => {
    value += (input(t) - value) * (1 - Math.exp(-(t - last) / tauS));
    last = t;
    return value;
  };
}

/** Reads high on zero and low on span, as an analyzer out of its last adjustment does. */
export function analyzer(air: AirAt, tauS: number, fromS: number): (t: number) => number {
  const ammonia = lagged(tauS, fromS, (t) => air(t).ppm.ammonia);
  return (t) => 0.4 + 0.88 * ammonia(t) + 0.03 * Math.sin(t * 7.1) + 0.02 * Math.sin(t * 17.3);
}

/** The register of a photo-ionisation detector, in tenths. */
export function pid(air: AirAt, tauS: number, fromS: number): (t: number) => number {
  const voc = lagged(tauS, fromS, (t) => {
    const { ppm } = air(t);
    return (
      ppm.acetone * pidAnswer.acetone +
      ppm.toluene * pidAnswer.toluene +
      ppm.ethanol * pidAnswer.ethanol +
      ppm.ammonia * pidAnswer.ammonia +
      ppm.exhaust * pidAnswer.exhaust
    );
  });
  return (t) => Math.max(0, Math.round((0.3 + 0.95 * voc(t)) * 10));
}

/** Millivolts at the divider of each element. The parts share one array: it steps once for each new moment. */
export function elements(air: AirAt, seed: number): (element: number, t: number) => number {
  let array = freshArray(seed);
  let ohms: readonly number[] = [];
  let last = -5;
  return (element, t) => {
    // In small steps, so that its time constants hold.
    while (t - last > 0.05) {
      const dtS = Math.min(0.25, t - last);
      last += dtS;
      const { temperatureC, relativePercent, ppm } = air(last);
      const humidityGm3 = absoluteHumidity(temperatureC, relativePercent);
      [array, ohms] = stepArray(array, { ppm, temperatureC, humidityGm3, dtS });
    }
    const one = arrayConstants[element];
    return one ? (one.supplyMv * one.loadOhm) / (one.loadOhm + (ohms[element] ?? Number.POSITIVE_INFINITY)) : 0;
  };
}

/** Degrees of a Gill line, and metres a second. */
export function anemometer(air: AirAt): (t: number) => { readonly fromDeg: number; readonly speedMs: number } {
  return (t) => {
    const { windMs, windFromDeg } = air(t);
    return { fromDeg: Math.round(windFromDeg) % 360, speedMs: Math.round(windMs * 100) / 100 };
  };
}
