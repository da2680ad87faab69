/**
 * What is publicly known of substances that a post may name. IDLH: NIOSH, Documentation for Immediately Dangerous To Life or Health
 * Concentrations, 1994 revision. Isolation: Emergency Response Guidebook 2024 (US DOT, Transport Canada), "isolate spill or leak area in all
 * directions" of the guide that its index gives for the UN number. Pure.
 */

export interface Substance {
  readonly name: string;
  readonly idlhPpm: number;
  /** Of those that burn first: a tenth of the lower explosive limit. */
  readonly isLel: boolean;
  readonly un: number;
  readonly guide: number;
  readonly isolateM: number;
}

const gas = (name: string, idlhPpm: number, un: number, guide: number): Substance => ({
  ...{ name, idlhPpm, un, guide, isLel: false, isolateM: 100 },
});
const solvent = (name: string, idlhPpm: number, un: number, guide: number, isLel: boolean): Substance => ({
  ...{ name, idlhPpm, un, guide, isLel, isolateM: 50 },
});

const known: readonly Substance[] = [
  gas('ammonia', 300, 1005, 125),
  gas('hydrogen-chloride', 50, 1050, 125),
  gas('chlorine', 10, 1017, 124),
  gas('phosphine', 50, 2199, 119),
  gas('methylamine', 100, 1061, 118),
  gas('carbon-monoxide', 1200, 1016, 119),
  solvent('acetone', 2500, 1090, 127, true),
  solvent('ethyl-ether', 1900, 1155, 127, true),
  solvent('ethanol', 3300, 1170, 127, true),
  solvent('toluene', 500, 1294, 130, false),
];

/** Other names that kinds and quantities go by. */
const aliases: Readonly<Record<string, string>> = {
  ...{ nh3: 'ammonia', hcl: 'hydrogen-chloride', cl2: 'chlorine', ph3: 'phosphine', co: 'carbon-monoxide' },
  ...{ ether: 'ethyl-ether', 'diethyl-ether': 'ethyl-ether' },
};

/** The substance that a kind such as `vapour.ammonia`, or a quantity, names; null: none, or one that is not in the table. */
export function substanceOf(name: string): Substance | null {
  const last = name.slice(name.lastIndexOf('.') + 1);
  const real = aliases[last] ?? last;
  return known.find((one) => one.name === real) ?? null;
}

/** ERG 2024, Guide 111, mixed load or unidentified cargo. An alert names what air is like and never proves it: less is not told. */
export const unidentified = { guide: 111, isolateM: 100 } as const;

/** A value in ppm; null where the unit is not one of a share of volume. */
export function ppmOf(value: number, unit: string): number | null {
  if (unit === 'ppm') return value;
  return unit === 'ppb' ? value / 1000 : null;
}
