/**
 * A simulated metal-oxide array: eight elements of differing kinds in ammonia, acetone, toluene, ethanol and exhaust.
 *
 * Sensor model: Rs = R0 exp(a1 (T - 20) + a2 ln(AH / 10)) drift / (1 + sum over gases of [(1 + c/K)^b - 1]), the gas term
 * following its target with a first-order lag. At high concentration this is the datasheets' power law c^-b, near zero
 * it is linear: a pure power law would answer to traces without end.
 *
 * What is measured and what is not: see `kinds.ts`. Every array of a seed is a specimen: its sensitivities, climate
 * coefficients and time constants differ from the kind's as those of real parts do, and the box knows only the kind's.
 */
import { type Kind, kinds } from './kinds.ts';
import { normal, type Random, seeded } from './random.ts';
import type { Gases } from './world.ts';

export interface AirAtArray {
  readonly ppm: Gases;
  readonly temperatureC: number;
  readonly humidityGm3: number;
  /** Seconds since the last step; short against the time constants (a second or less). */
  readonly dtS: number;
}

/** One element as it came out of the oven. */
export interface Specimen {
  /** Where each gas's curve bends from linear to power law, in ppm, and the power. */
  readonly bends: Readonly<Record<keyof Gases, readonly [ppm: number, slope: number]>>;
  readonly r0Ohm: number;
  readonly perDegree: number;
  readonly perLnHumidity: number;
  readonly riseS: number;
  readonly recoveryS: number;
}

export interface ArrayState {
  readonly random: Random;
  readonly specimens: readonly Specimen[];
  /** The gas term of each element as far as it has followed. */
  readonly gas: readonly number[];
  /** ln of the drift factor of each element. */
  readonly drift: readonly number[];
}

export const gases = [
  'ammonia',
  'acetone',
  'toluene',
  'ethanol',
  'exhaust',
] as const satisfies readonly (keyof Gases)[];

/** What a board file states of each element, in the order mox-1 to mox-8. */
export const arrayConstants = kinds.map(({ part, loadOhm, r0Ohm, perDegree, perLnHumidity }, i) => ({
  quantity: `mox-${i + 1}`,
  part,
  loadOhm,
  supplyMv: 3300,
  r0Ohm,
  perDegree,
  perLnHumidity,
}));

/** Spread of specimens about their kind, as standard deviations of a factor's logarithm. Plausible, not measured. */
const spread = { r0: 0.03, climate: 0.2, sensitivity: 0.2, lag: 0.2 } as const;
/** Drift since calibration, and its wandering in one hour, in ln. */
const drift = { since: 0.05, hour: 0.02 } as const;
/** Relative noise of one reading. */
const noise = 0.002;

/** A specimen of the array in clean air. */
export function freshArray(seed: number): ArrayState {
  let random = seeded(seed);
  const draw = (sigma: number): number => {
    const [value, next] = normal(random);
    random = next;
    return sigma * value;
  };
  const specimens = kinds.map((kind) => ({
    r0Ohm: kind.r0Ohm * Math.exp(draw(spread.r0)),
    perDegree: kind.perDegree * (1 + draw(spread.climate)),
    perLnHumidity: kind.perLnHumidity * (1 + draw(spread.climate)),
    riseS: kind.riseS * Math.exp(draw(spread.lag)),
    recoveryS: kind.recoveryS * Math.exp(draw(spread.lag)),
    bends: bendsOf(kind, Math.exp(draw(spread.sensitivity))),
  }));
  return { specimens, gas: specimens.map(() => 0), drift: specimens.map(() => draw(drift.since)), random };
}

/** The next state and the resistance of each element in ohm. */
export function stepArray(state: ArrayState, air: AirAtArray): readonly [ArrayState, readonly number[]] {
  const wander = drift.hour * Math.sqrt(air.dtS / 3600);
  const warmer = air.temperatureC - 20;
  const lnHumidity = Math.log(Math.max(air.humidityGm3, 0.01) / 10);
  const gas: number[] = [];
  const drifted: number[] = [];
  const ohms: number[] = [];
  let { random } = state;
  state.specimens.forEach((one, i) => {
    const was = state.gas[i] ?? 0;
    const target = gasTerm(one, air.ppm);
    const follows = was + (target - was) * (1 - Math.exp(-air.dtS / (target > was ? one.riseS : one.recoveryS)));
    const [step, second] = normal(random);
    const [jitter, third] = normal(second);
    random = third;
    const moved = (state.drift[i] ?? 0) + wander * step;
    const climate = Math.exp(one.perDegree * warmer + one.perLnHumidity * lnHumidity);
    gas.push(follows);
    drifted.push(moved);
    ohms.push((one.r0Ohm * climate * Math.exp(moved) * (1 + noise * jitter)) / (1 + follows));
  });
  return [{ ...state, random, gas, drift: drifted }, ohms];
}

/** K and b of each gas, so that the curve passes through the kind's point; `dullness` above 1 needs more gas for the same. */
function bendsOf({ curves }: Kind, dullness: number): Specimen['bends'] {
  const bend = (gas: keyof Gases): readonly [number, number] => {
    const [ppm, ratio, slope] = curves[gas];
    return [(dullness * ppm) / (ratio ** (-1 / slope) - 1), slope];
  };
  return {
    ammonia: bend('ammonia'),
    acetone: bend('acetone'),
    toluene: bend('toluene'),
    ethanol: bend('ethanol'),
    exhaust: bend('exhaust'),
  };
}

/** How much more a settled element conducts in the gases than in clean air: 0 in clean air. Conductances add up. */
export function gasTerm({ bends }: Specimen, ppm: Gases): number {
  let sum = 0;
  for (const gas of gases) {
    const [bend, slope] = bends[gas];
    if (ppm[gas] > 0) sum += (1 + ppm[gas] / bend) ** slope - 1;
  }
  return sum;
}
