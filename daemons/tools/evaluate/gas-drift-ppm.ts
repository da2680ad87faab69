/** Concentration after a two-point check: of each gas, by name, the two first exposures of a batch at distinct levels. */
import { fitConcentration } from '../../gas/learn/concentration.ts';
import { type Exposure, firstExposures } from '../../gas/learn/exposure.ts';
import { type Batch, gases } from './gas-drift-data.ts';

/** ln units: a level leans on fewer exposures than a name does. */
const noiseFloor = 0.08;

export interface Within {
  readonly batch: number;
  readonly within: number;
  readonly all: number;
}

/** Of the exposures after the check, how many are told within a factor of two. A batch without ppm counts nothing. */
export function withinTwo(earlier: readonly Exposure[], { number, exposures }: Batch): Within {
  const checked = new Set(firstExposures(exposures, 2));
  let [within, all] = [0, 0];
  for (const gas of gases.keys()) {
    const ofGas = (rows: readonly Exposure[]): Exposure[] =>
      rows.filter(({ label, ppm }) => label === gas && ppm !== null);
    const learned = ofGas([...earlier, ...exposures.filter((_, i) => checked.has(i))]);
    const rows = ofGas(exposures.filter((_, i) => !checked.has(i)));
    if (learned.length < 2 || rows.length === 0) continue;
    const ppmOf = fitConcentration(learned, noiseFloor);
    for (const { features, ppm } of rows) {
      const ratio = ppmOf(features) / (ppm ?? 1);
      if (ratio > 0.5 && ratio < 2) within += 1;
      all += 1;
    }
  }
  return { batch: number, within, all };
}
