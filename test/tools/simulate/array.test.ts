import test from 'ava';
import { type ArrayState, arrayConstants, freshArray, stepArray } from '../../../daemons/tools/simulate/array.ts';
import type { Gases } from '../../../daemons/tools/simulate/world.ts';

const nothing: Gases = { ammonia: 0, acetone: 0, toluene: 0, ethanol: 0, exhaust: 0 };

interface Air {
  readonly ppm?: Partial<Gases>;
  readonly temperatureC?: number;
  readonly humidityGm3?: number;
}

/** `seconds` of the same air, a step a second; the last resistances. */
function stay(from: ArrayState, seconds: number, air: Air = {}): readonly [ArrayState, readonly number[]] {
  let state = from;
  let ohms: readonly number[] = [];
  const { temperatureC = 20, humidityGm3 = 10 } = air;
  for (let i = 0; i < seconds; i++)
    [state, ohms] = stepArray(state, { ppm: { ...nothing, ...air.ppm }, temperatureC, humidityGm3, dtS: 1 });
  return [state, ohms];
}

/** Mean over specimens of Rs in the gas over Rs in clean air, for one element. */
function meanRatio(element: number, ppm: Partial<Gases>): number {
  const specimens = 60;
  let sum = 0;
  for (let seed = 0; seed < specimens; seed++) {
    const [state, clean] = stay(freshArray(seed), 1);
    const [, gassed] = stay(state, 120, { ppm });
    sum += Math.log((gassed[element] ?? 0) / (clean[element] ?? 1));
  }
  return Math.exp(sum / specimens);
}

test('the same seed gives the same resistances, another seed others', (t) => {
  t.deepEqual(stay(freshArray(5), 20)[1], stay(freshArray(5), 20)[1]);
  t.notDeepEqual(stay(freshArray(5), 20)[1], stay(freshArray(6), 20)[1]);
});

test('a step leaves the state that it was given as it was', (t) => {
  const state = freshArray(1);
  const before = structuredClone(state);
  stay(state, 5, { ppm: { ethanol: 50 } });
  t.deepEqual(state, before);
});

test('eight elements, in the order of the board, each within its divider', (t) => {
  t.deepEqual(
    arrayConstants.map((one) => one.quantity),
    ['mox-1', 'mox-2', 'mox-3', 'mox-4', 'mox-5', 'mox-6', 'mox-7', 'mox-8'],
  );
  const [, clean] = stay(freshArray(1), 1);
  t.is(clean.length, 8);
  clean.forEach((ohm, i) => {
    const { r0Ohm = 0 } = arrayConstants[i] ?? {};
    t.true(Math.abs(Math.log(ohm / r0Ohm)) < 0.4, `element ${i} is ${ohm} in clean air`);
  });
});

const points: readonly (readonly [part: string, element: number, ppm: Partial<Gases>, ratio: number])[] = [
  ['MQ-135 in 10 ppm ammonia', 1, { ammonia: 10 }, 2.55 / 3.58],
  ['MQ-135 in 10 ppm acetone', 1, { acetone: 10 }, 1.44 / 3.58],
  ['MQ-135 in 10 ppm toluene', 1, { toluene: 10 }, 1.54 / 3.58],
  ['MQ-135 in 10 ppm ethanol', 1, { ethanol: 10 }, 1.9 / 3.58],
  ['MQ-7 in 10 ppm carbon monoxide', 6, { exhaust: 10 }, (10 / 99.042) ** (-1 / 1.518) / 27.5],
];
for (const [part, element, ppm, ratio] of points) {
  test(`${part} answers as its datasheet says`, (t) => {
    t.true(Math.abs(Math.log(meanRatio(element, ppm) / ratio)) < 0.07, `${meanRatio(element, ppm)}, not ${ratio}`);
  });
}

test('TGS 822: resistance at 300 ppm ethanol over that at 50 ppm is within the data sheet (.40 +- .10)', (t) => {
  const ratio = meanRatio(2, { ethanol: 300 }) / meanRatio(2, { ethanol: 50 });
  t.true(ratio > 0.3 && ratio < 0.5, `${ratio}`);
});

test('gases add up: a mixture lowers the resistance more than either gas', (t) => {
  const both = meanRatio(0, { ammonia: 10, toluene: 10 });
  t.true(both < meanRatio(0, { ammonia: 10 }) && both < meanRatio(0, { toluene: 10 }));
});

test('an element follows a gas with a lag and recovers more slowly than it rises', (t) => {
  const [clean, ohmClean] = stay(freshArray(2), 1);
  const [full, ohmFull] = stay(clean, 200, { ppm: { acetone: 50 } });
  const [, ohmRising] = stay(clean, 4, { ppm: { acetone: 50 } });
  const [, ohmFalling] = stay(full, 4);
  const conductance = (ohm: number | undefined): number => 1 / (ohm ?? 1);
  const whole = conductance(ohmFull[2]) - conductance(ohmClean[2]);
  const risen = (conductance(ohmRising[2]) - conductance(ohmClean[2])) / whole;
  const fallen = (conductance(ohmFull[2]) - conductance(ohmFalling[2])) / whole;
  t.true(risen > 0.5 && risen < 0.99, `risen ${risen}`);
  t.true(fallen > 0.1 && fallen < risen, `fallen ${fallen}, risen ${risen}`);
});

test('warm and humid air lower the resistance by about what the board states', (t) => {
  const expected = arrayConstants.map((one) => one.perDegree * 15 + one.perLnHumidity * Math.log(2));
  const seeds = Array.from({ length: 60 }, (_, seed) => seed);
  arrayConstants.forEach((_, i) => {
    const mean =
      seeds.reduce((sum, seed) => {
        const [state, cool] = stay(freshArray(seed), 1);
        const [, warm] = stay(state, 1, { temperatureC: 35, humidityGm3: 20 });
        return sum + Math.log((warm[i] ?? 0) / (cool[i] ?? 1));
      }, 0) / seeds.length;
    t.true(Math.abs(mean - (expected[i] ?? 0)) < 0.03, `element ${i}: ${mean}, not ${expected[i]}`);
  });
});
