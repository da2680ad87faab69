/**
 * Labelled windows of the simulated array: what the gas daemon's line would hand to the model, with the truth beside it.
 */
import { absoluteHumidity } from '../../../daemons/gas/compensate.ts';
import { features } from '../../../daemons/gas/features.ts';
import { median } from '../../../daemons/gas/window.ts';
import {
  type ArrayState,
  arrayConstants,
  freshArray,
  gases,
  gasTerm,
  type Specimen,
  stepArray,
} from '../../../daemons/tools/simulate/array.ts';
import { normal, type Random, seeded, uniform } from '../../../daemons/tools/simulate/random.ts';
import type { Gases } from '../../../daemons/tools/simulate/world.ts';

export const labels = [
  { name: 'air', role: 'background' },
  { name: 'ammonia', role: 'target' },
  { name: 'acetone', role: 'target' },
  { name: 'toluene', role: 'target' },
  { name: 'ethanol', role: 'interferent' },
  { name: 'exhaust', role: 'interferent' },
] as const;

export const samples = 10;
/** The sample periods that are trained for, in ms. */
export const periodMs = [250, 1000] as const;

/** A window is called air when no element conducts more than this above the background: nobody could tell. */
const feltAtLeast = 0.04;

export interface Labelled {
  readonly vector: Float32Array;
  /** Index into `labels`. */
  readonly label: number;
}

/** Draws from a seeded sequence. */
interface Dice {
  between(low: number, high: number): number;
  /** As likely between 1 and 10 as between 10 and 100. */
  logBetween(low: number, high: number): number;
  chance(probability: number): boolean;
  gauss(sigma: number): number;
}

function diceOf(seed: number): Dice {
  let random: Random = seeded(seed);
  const next = (): number => {
    const [value, after] = uniform(random);
    random = after;
    return value;
  };
  const between = (low: number, high: number): number => low + (high - low) * next();
  return {
    between,
    logBetween: (low, high) => Math.exp(between(Math.log(low), Math.log(high))),
    chance: (probability) => next() < probability,
    gauss: (sigma) => {
      const [value, after] = normal(random);
      random = after;
      return sigma * value;
    },
  };
}

/**
 * The windows of one visit of something to one array: a seed is a specimen of the array, a day's climate, a background,
 * a source (or none), how fast it comes and when it goes. Concentrations run from below what can be felt to far above.
 */
export function visit(seed: number): Labelled[] {
  const dice = diceOf(seed);
  const dtS = dice.between(periodMs[0], periodMs[1]) / 1000;
  const background: Gases = { ...nothing, ammonia: dice.between(0, 0.3), exhaust: dice.between(0, 0.5) };
  const climate = climateOf(dice);
  const fresh = freshArray(seed);
  const source = sourceOf(dice, fresh.specimens);
  const array = simulated(fresh, climate);
  array.settle(background);
  // The baseline was learned a while ago, in much the same air: the climate and the elements have moved on since.
  const baseline = Float64Array.from(learn(array, background, dtS));
  climate.temperatureC += dice.gauss(2);
  climate.relativePercent = Math.min(98, Math.max(5, climate.relativePercent + dice.gauss(5)));
  array.age(dice.between(0, 2 * 3600), background);

  const quiet = fresh.specimens.map((one) => gasTerm(one, background));
  const comesS = dice.between(0.3, 12);
  const staysS = dice.between(5, 30);
  const startS = samples * dtS * dice.between(0.2, 1.8);
  const found: Labelled[] = [];
  for (let k = 0; k < 7; k++) {
    const ratios = arrayConstants.map(() => new Float64Array(samples));
    let felt = 0;
    for (let i = 0; i < samples; i++) {
      const t = (k * samples + i) * dtS - startS;
      const now = t < 0 || t > comesS + staysS ? 0 : Math.min(1, t / comesS);
      const sample = array.step(add(background, source.ppm, now), dtS);
      ratios.forEach((column, e) => {
        column[i] = sample[e] ?? Number.NaN;
      });
      if (i === samples >> 1) felt = Math.max(...array.state().gas.map((term, e) => term - (quiet[e] ?? 0)));
    }
    const humidityGm3 = absoluteHumidity(climate.temperatureC, climate.relativePercent);
    const vector = features({ ratios, baseline, temperatureC: climate.temperatureC, humidityGm3 });
    if (vector) found.push({ vector, label: felt < feltAtLeast ? 0 : source.label });
  }
  return found;
}

const nothing: Gases = { ammonia: 0, acetone: 0, toluene: 0, ethanol: 0, exhaust: 0 };

const add = (a: Gases, b: Gases, share: number): Gases => ({
  ammonia: a.ammonia + share * b.ammonia,
  acetone: a.acetone + share * b.acetone,
  toluene: a.toluene + share * b.toluene,
  ethanol: a.ethanol + share * b.ethanol,
  exhaust: a.exhaust + share * b.exhaust,
});

/** Nothing, one gas, or a main gas with a smaller share of others. A mixture is called by what the array feels most. */
function sourceOf(dice: Dice, specimens: readonly Specimen[]): { readonly ppm: Gases; readonly label: number } {
  if (dice.chance(0.12)) return { ppm: nothing, label: 0 };
  const main = gases[Math.floor(dice.between(0, gases.length))] ?? 'ammonia';
  const strength = dice.logBetween(0.2, 200);
  const ppm: Record<keyof Gases, number> = { ...nothing, [main]: strength };
  if (dice.chance(0.4)) {
    for (const gas of gases) if (gas !== main && dice.chance(0.35)) ppm[gas] = strength * dice.logBetween(0.02, 1.5);
  }
  const shares = gases.map((gas) =>
    sum(specimens.map((one) => Math.log1p(gasTerm(one, { ...nothing, [gas]: ppm[gas] })))),
  );
  return { ppm, label: 1 + shares.indexOf(Math.max(...shares)) };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

interface Climate {
  temperatureC: number;
  relativePercent: number;
}

const climateOf = (dice: Dice): Climate => ({
  temperatureC: dice.between(-8, 40),
  relativePercent: dice.between(15, 95),
});

interface Simulated {
  /** Compensated Rs/R0 of each element after one step. */
  step(ppm: Gases, dtS: number): number[];
  settle(ppm: Gases): void;
  age(seconds: number, ppm: Gases): void;
  state(): ArrayState;
}

function simulated(fresh: ArrayState, climate: Climate): Simulated {
  let state = fresh;
  const advance = (ppm: Gases, dtS: number): readonly number[] => {
    const { temperatureC, relativePercent } = climate;
    const humidityGm3 = absoluteHumidity(temperatureC, relativePercent);
    const [next, ohms] = stepArray(state, { ppm, temperatureC, humidityGm3, dtS });
    state = next;
    return ohms;
  };
  return {
    step: (ppm, dtS) => {
      const ohms = advance(ppm, dtS);
      const warmer = climate.temperatureC - 20;
      const lnHumidity = Math.log(absoluteHumidity(climate.temperatureC, climate.relativePercent) / 10);
      return arrayConstants.map(
        ({ r0Ohm, perDegree, perLnHumidity }, i) =>
          (ohms[i] ?? Number.NaN) / (r0Ohm * Math.exp(perDegree * warmer + perLnHumidity * lnHumidity)),
      );
    },
    settle: (ppm) => void advance(ppm, 600),
    age: (seconds, ppm) => void advance(ppm, seconds),
    state: () => state,
  };
}

/** Clean-air level of each element, as a window's medians give it. */
function learn(array: Simulated, ppm: Gases, dtS: number): number[] {
  const columns = arrayConstants.map(() => new Float64Array(samples));
  for (let i = 0; i < samples; i++) {
    const sample = array.step(ppm, dtS);
    columns.forEach((column, e) => {
      column[i] = sample[e] ?? Number.NaN;
    });
  }
  return columns.map(median);
}
