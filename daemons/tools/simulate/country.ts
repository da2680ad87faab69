/**
 * A simulated post in the country, hour after hour: weather, drift, vehicles, livestock, painters, and releases where they
 * are asked for. One step stands for `stepS` seconds and carries the noise of a single reading: no averaging is credited
 * for the readings left out. Nothing here is measured; what it claims is said beside each number.
 */
import { absoluteHumidity } from '../../gas/compensate.ts';
import { type ArrayState, freshArray, stepArray } from './array.ts';
import { normal, type Random, seeded, uniform } from './random.ts';
import type { Gases } from './world.ts';

export const stepS = 5;

/** What comes by: mean number an hour by day and by night, length in seconds, median and log-spread of the peak, in ppm. */
interface Visitor {
  readonly kind: string;
  readonly perHour: readonly [day: number, night: number];
  readonly lengthS: readonly [number, number];
  readonly peak: Partial<Gases>;
  readonly logSpread: number;
}

const visitors: readonly Visitor[] = [
  // CO-equivalents of the simulated array; a passing lorry, and one that stands with its engine running.
  { kind: 'lorry', perHour: [8, 1], lengthS: [8, 25], peak: { exhaust: 15 }, logSpread: 0.6 },
  { kind: 'idling', perHour: [0.3, 0.05], lengthS: [180, 1200], peak: { exhaust: 6 }, logSpread: 0.6 },
  // A herd driven past: tenths of a ppm are reported beside open housing, more is rare.
  { kind: 'herd', perHour: [0.1, 0], lengthS: [180, 900], peak: { ammonia: 0.4 }, logSpread: 0.6 },
  { kind: 'painter', perHour: [0.02, 0], lengthS: [600, 2400], peak: { ethanol: 20 }, logSpread: 0.5 },
];

export interface Release {
  readonly gas: 'ammonia' | 'acetone' | 'toluene';
  readonly peak: number;
  readonly startS: number;
  readonly endS: number;
}

export interface Step {
  readonly tS: number;
  /** As an electrochemical cell and a lamp show it, ppm and ppm isobutylene equivalent. */
  readonly ammonia: number;
  readonly pid: number;
  readonly ohms: readonly number[];
  readonly temperatureC: number;
  readonly humidityGm3: number;
}

/** ppm isobutylene equivalent of one ppm: as in instrument.ts. */
export const pidAnswer: Gases = { acetone: 1 / 1.1, toluene: 1 / 0.5, ethanol: 0.1, ammonia: 1 / 9.7, exhaust: 0.3 };

/** Of one reading, ppm; time constants in s; drift as the deviation of a random walk after one hour, ppm. Plausible. */
const cell = { noise: 0.08, tauS: 13, drift: 0.03, perDegree: 0.015 } as const;
const lamp = { noise: 0.02, tauS: 2, drift: 0.04, perPercent: -0.004 } as const;

interface Visit {
  readonly startS: number;
  readonly endS: number;
  readonly peak: Partial<Gases>;
}

/** Every step of `hours` hours. The same seeds give the same hours: `box` the specimens of the array, `weather` all that comes by. */
export function* country(
  { box, weather }: { readonly box: number; readonly weather: number },
  hours: number,
  releases: readonly Release[] = [],
): Generator<Step> {
  let random: Random = seeded(weather);
  const draw = (): number => {
    const [value, next] = normal(random);
    random = next;
    return value;
  };
  const chance = (): number => {
    const [value, next] = uniform(random);
    random = next;
    return value;
  };
  let array: ArrayState = freshArray(box);
  let [front, damp, gust, barn] = [0, 0, 0, 0];
  let [nh3, voc, nh3Drift, vocDrift] = [0.1, 0.1, 0, 0];
  let visits: Visit[] = [];
  for (let tS = 0; tS < hours * 3600; tS += stepS) {
    const hour = (tS / 3600) % 24;
    const day = hour > 6 && hour < 20;
    // Fronts over half a day, gusts over a minute, a barn whose plume comes and goes with the wind over a quarter of an hour.
    front = wander(front, 12 * 3600, draw());
    damp = wander(damp, 8 * 3600, draw());
    gust = wander(gust, 40, draw());
    barn = wander(barn, 900, draw());
    const temperatureC = 12 - 7 * Math.cos((2 * Math.PI * (hour - 3)) / 24) + 4 * front;
    const relativePercent = Math.min(98, Math.max(15, 55 + 18 * Math.cos((2 * Math.PI * (hour - 3)) / 24) + 10 * damp));
    for (const one of visitors)
      if (chance() < (one.perHour[day ? 0 : 1] * stepS) / 3600) {
        const endS = tS + one.lengthS[0] + chance() * (one.lengthS[1] - one.lengthS[0]);
        visits.push({ startS: tS, endS, peak: scaled(one.peak, Math.exp(one.logSpread * draw())) });
      }
    visits = visits.filter(({ endS }) => endS > tS);
    const ppm: Record<keyof Gases, number> = {
      ammonia: 0.05 * Math.exp(0.9 * barn),
      acetone: 0.01,
      toluene: 0.005,
      ethanol: 0.01,
      exhaust: 0.2,
    };
    for (const { startS, endS, peak } of visits)
      add(ppm, peak, passing(startS, endS, tS) * Math.exp(0.3 * gust - 0.045));
    for (const one of releases)
      if (one.startS <= tS && tS < one.endS)
        ppm[one.gas] += one.peak * passing(one.startS, one.endS, tS) * Math.min(1, Math.exp(0.4 * Math.min(gust, 0)));
    const humidityGm3 = absoluteHumidity(temperatureC, relativePercent);
    nh3Drift += cell.drift * Math.sqrt(stepS / 3600) * draw();
    vocDrift += lamp.drift * Math.sqrt(stepS / 3600) * draw();
    nh3 += (ppm.ammonia - nh3) * (1 - Math.exp(-stepS / cell.tauS));
    const ionised = Object.entries(pidAnswer).reduce((sum, [gas, answer]) => sum + answer * ppm[gas as keyof Gases], 0);
    voc += (ionised - voc) * (1 - Math.exp(-stepS / lamp.tauS));
    const [next, ohms] = stepArray(array, { ppm, temperatureC, humidityGm3, dtS: stepS });
    array = next;
    yield {
      tS,
      ammonia: nh3 + nh3Drift + cell.perDegree * (temperatureC - 20) + cell.noise * draw(),
      pid: voc * (1 + lamp.perPercent * (relativePercent - 50)) + vocDrift + lamp.noise * draw(),
      ohms,
      temperatureC,
      humidityGm3,
    };
  }
}

/** One step of a stationary wandering around 0 with deviation 1 and this memory. */
const wander = (was: number, memoryS: number, normally: number): number => {
  const keeps = Math.exp(-stepS / memoryS);
  return was * keeps + Math.sqrt(1 - keeps * keeps) * normally;
};

/** 0 to 1: rises over the first fifth, falls over the last. */
const passing = (startS: number, endS: number, tS: number): number => {
  const share = (tS - startS) / (endS - startS);
  return Math.max(0, Math.min(1, 5 * share, 5 * (1 - share)));
};

const scaled = (peak: Partial<Gases>, factor: number): Partial<Gases> =>
  Object.fromEntries(Object.entries(peak).map(([gas, ppm]) => [gas, ppm * factor]));

const add = (ppm: Record<keyof Gases, number>, peak: Partial<Gases>, share: number): void => {
  for (const [gas, most] of Object.entries(peak)) ppm[gas as keyof Gases] += most * share;
};
