/**
 * The eight kinds of metal-oxide element of the simulated array. A curve is [ppm, Rs/R0 there, slope b]: it passes
 * through that point and falls as c^-b beyond it.
 *
 * From datasheets:
 * - MQ-135, all five curves: points at 10 and 200 ppm read off the sensitivity figure of the Winsen datasheet
 *   (air 3.58; NH3 2.55 and .765; ethanol 1.90 and .73; toluene 1.54 and .64; acetone 1.44 and .583; CO 2.84 and 1.35), as
 *   published with github.com/zesteros/ArduinoAirQualityMonitor; b = ln(r10 / r200) / ln 20.
 * - MQ-3 ethanol and MQ-7 CO and ethanol: fits ppm = a (Rs/R0)^B to the Winsen figures, as published with
 *   github.com/miguel5612/MQSensorsLib (MQ-3 ethanol .3934 mg/L, -1.504, clean air 60; MQ-7 CO 99.042, -1.518 and ethanol
 *   4e16, -12.35, clean air 27.5); b = -1/B.
 * - TGS 822 ethanol slope: Rs(300 ppm)/Rs(50 ppm) = .40 (Figaro product information TGS 822, rev 09/02).
 * - TGS 2620 ethanol slope: the same ratio .3 to .5 (Figaro technical information TGS 2620, rev 10/12).
 * - TGS 2602 ethanol at 10 ppm: Rs/R(air) .15 to .5, resistance in air 10 to 100 kohm (Figaro product information).
 *
 * Everything else, in particular every other curve of the TGS parts, the climate coefficients, the time constants and the
 * sum of conductances in mixtures, is only plausible: chosen in line with what the datasheets say in words, not measured.
 * "Exhaust" is counted in ppm of the carbon monoxide that would give the same answer.
 */
import type { Gases } from './world.ts';

type Curve = readonly [ppm: number, ratio: number, slope: number];

export interface Kind {
  readonly part: string;
  /** Resistance in clean air at 20 C and 10 g/m3, and the divider's load. */
  readonly r0Ohm: number;
  readonly loadOhm: number;
  /** ln(Rs) per kelvin and per ln(absolute humidity). */
  readonly perDegree: number;
  readonly perLnHumidity: number;
  /** Time constants towards more and towards less gas, in seconds. */
  readonly riseS: number;
  readonly recoveryS: number;
  readonly curves: Readonly<Record<keyof Gases, Curve>>;
}

export const kinds: readonly Kind[] = [
  {
    part: 'sim-tgs2602',
    r0Ohm: 40_000,
    loadOhm: 15_000,
    perDegree: -0.012,
    perLnHumidity: -0.3,
    riseS: 2.5,
    recoveryS: 7,
    curves: {
      ammonia: [10, 0.6, 0.35],
      acetone: [10, 0.5, 0.45],
      toluene: [10, 0.25, 0.6],
      ethanol: [10, 0.3, 0.5],
      exhaust: [10, 0.85, 0.3],
    },
  },
  {
    part: 'sim-mq135',
    r0Ohm: 60_000,
    loadOhm: 30_000,
    perDegree: -0.01,
    perLnHumidity: -0.2,
    riseS: 3,
    recoveryS: 9,
    curves: {
      ammonia: [10, 0.712, 0.402],
      acetone: [10, 0.402, 0.302],
      toluene: [10, 0.43, 0.293],
      ethanol: [10, 0.531, 0.319],
      exhaust: [10, 0.792, 0.249],
    },
  },
  {
    part: 'sim-tgs822',
    r0Ohm: 50_000,
    loadOhm: 15_000,
    perDegree: -0.011,
    perLnHumidity: -0.25,
    riseS: 2,
    recoveryS: 8,
    curves: {
      ammonia: [50, 0.75, 0.3],
      acetone: [50, 0.22, 0.55],
      toluene: [50, 0.4, 0.45],
      ethanol: [50, 0.25, 0.51],
      exhaust: [50, 0.7, 0.3],
    },
  },
  {
    part: 'sim-tgs826',
    r0Ohm: 80_000,
    loadOhm: 40_000,
    perDegree: -0.008,
    perLnHumidity: -0.22,
    riseS: 3.5,
    recoveryS: 10,
    curves: {
      ammonia: [50, 0.35, 0.54],
      acetone: [50, 0.6, 0.35],
      toluene: [50, 0.75, 0.3],
      ethanol: [50, 0.5, 0.4],
      exhaust: [50, 0.9, 0.2],
    },
  },
  {
    part: 'sim-mq3',
    r0Ohm: 120_000,
    loadOhm: 30_000,
    perDegree: -0.009,
    perLnHumidity: -0.18,
    riseS: 2.5,
    recoveryS: 12,
    curves: {
      ammonia: [50, 0.8, 0.25],
      acetone: [50, 0.45, 0.45],
      toluene: [50, 0.5, 0.37],
      ethanol: [52, 0.0414, 0.665],
      exhaust: [50, 0.85, 0.26],
    },
  },
  {
    part: 'sim-tgs2620',
    r0Ohm: 30_000,
    loadOhm: 10_000,
    perDegree: -0.01,
    perLnHumidity: -0.24,
    riseS: 2,
    recoveryS: 7,
    curves: {
      ammonia: [50, 0.85, 0.25],
      acetone: [50, 0.35, 0.5],
      toluene: [50, 0.45, 0.45],
      ethanol: [50, 0.2, 0.51],
      exhaust: [50, 0.5, 0.4],
    },
  },
  {
    part: 'sim-mq7',
    r0Ohm: 70_000,
    loadOhm: 25_000,
    perDegree: -0.007,
    perLnHumidity: -0.15,
    riseS: 4,
    recoveryS: 12,
    curves: {
      ammonia: [50, 0.93, 0.15],
      acetone: [50, 0.85, 0.15],
      toluene: [50, 0.85, 0.15],
      ethanol: [100, 0.556, 0.081],
      exhaust: [10, 0.165, 0.659],
    },
  },
  {
    part: 'sim-tgs2600',
    r0Ohm: 45_000,
    loadOhm: 20_000,
    perDegree: -0.011,
    perLnHumidity: -0.28,
    riseS: 2.5,
    recoveryS: 8,
    curves: {
      ammonia: [10, 0.9, 0.2],
      acetone: [10, 0.6, 0.4],
      toluene: [10, 0.65, 0.35],
      ethanol: [10, 0.45, 0.45],
      exhaust: [10, 0.6, 0.4],
    },
  },
];
