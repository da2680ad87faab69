/**
 * What the voltages of analog gas cells mean: photo-ionization detectors, electrochemical cells with and without an
 * auxiliary electrode, metal-oxide elements. Pure; every constant of a cell is its own and comes from its configuration.
 */
import { exp, ln } from '../core/exact/math.ts';

/** A PID's reading in ppm of isobutylene: (U - offset) / sensitivity, in millivolts (ION Science TA-02). */
export const isobutylenePpm = (millivolts: number, cell: { offsetMv: number; mvPerPpm: number }): number =>
  (millivolts - cell.offsetMv) / cell.mvPerPpm;

/** Ppm of a gas from ppm of isobutylene; the factor is of the lamp and the maker (TN-106 and TA-02 differ by 60 %). */
export const gasPpm = (isobutylene: number, factor: number): number => isobutylene * factor;

/** The factor of a mixture, from each gas's share by volume and its own factor: 1 / sum(x / CF) (TN-106). */
export function mixtureFactor(gases: readonly { readonly share: number; readonly factor: number }[]): number {
  let sum = 0;
  for (const { share, factor } of gases) sum += share / factor;
  return 1 / sum;
}

/** Whether a lamp can ionize a gas at all: below its ionization energy a PID reads nothing, and that is not zero gas. */
export const ionizes = (lampEv: number, ionizationEv: number): boolean => lampEv > ionizationEv;

/** A four-electrode cell as its sheet describes it, in millivolts: electronic zeros, zeros of the cell, mV per unit. */
export interface WorkingAuxiliary {
  readonly weElectronicMv: number;
  readonly aeElectronicMv: number;
  readonly weZeroMv: number;
  readonly aeZeroMv: number;
  readonly mvPerUnit: number;
  /** Which correction of AAN 803 the cell asks for. */
  readonly algorithm: 1 | 2 | 3 | 4;
  /** Its factor at -30 to 50 C in steps of 10, from the sheet that ships with the cell: nT, kT, k'T, or k''T in mV. */
  readonly factors: readonly number[];
}

const coldestC = -30;
const stepC = 10;

/** The factor at a temperature, linear between its steps; `outside` when it is held at the first or last one. */
export function factorAt(
  factors: readonly number[],
  temperatureC: number,
): { readonly factor: number; readonly outside: boolean } {
  const last = factors.length - 1;
  const place = (temperatureC - coldestC) / stepC;
  const at = Math.max(0, Math.min(last, place));
  const low = Math.min(Math.floor(at), last - 1);
  const [a = 0, b = 0] = factors.slice(Math.max(0, low), low + 2);
  return { factor: a + (at - low) * (b - a), outside: place < 0 || place > last };
}

/**
 * Concentration in the unit of the sensitivity (Alphasense AAN 803, equations 1 to 4). The note calls it a first zero
 * correction; calibration with gas comes after it. It holds for cells with an auxiliary electrode only: those for ammonia
 * and hydrogen chloride have three electrodes, see `threeElectrode`.
 */
export function workingAuxiliary(
  weMv: number,
  aeMv: number,
  temperatureC: number,
  cell: WorkingAuxiliary,
): { readonly value: number; readonly outside: boolean } {
  const { factor, outside } = factorAt(cell.factors, temperatureC);
  const we = weMv - cell.weElectronicMv;
  const ae = aeMv - cell.aeElectronicMv;
  const corrected = {
    1: we - factor * ae,
    2: we - factor * (cell.weZeroMv / cell.aeZeroMv) * ae,
    3: we - (cell.weZeroMv - cell.aeZeroMv) - factor * ae,
    4: we - cell.weZeroMv - factor,
  }[cell.algorithm];
  return { value: corrected / cell.mvPerUnit, outside };
}

/** A three-electrode cell: zero of its circuit in clean air and sensitivity, both in millivolts. */
export const threeElectrode = (millivolts: number, cell: { zeroMv: number; mvPerUnit: number }): number =>
  (millivolts - cell.zeroMv) / cell.mvPerUnit;

/**
 * Concentration of a known gas from a metal-oxide element's Rs/R0 = A c^-b. Without knowing the gas it is wrong by orders
 * of magnitude: then the ratio is an index, never ppm. null where the power law has no answer.
 */
export function powerLawPpm(ratio: number, { a, b }: { readonly a: number; readonly b: number }): number | null {
  return ratio > 0 && a > 0 && b > 0 ? exp((ln(a) - ln(ratio)) / b) : null;
}
