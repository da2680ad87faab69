/** What is assumed before anything is measured. Each is chosen by principle and stated; see DECISIONS. */

/** Where the source may be: metres in the local frame. */
export interface Area {
  readonly westM: number;
  readonly southM: number;
  readonly eastM: number;
  readonly northM: number;
}

/** One hypothesis on the plume's shape, with its prior probability: factors on Draxler's sigmas. */
export interface Shape {
  readonly across: number;
  readonly up: number;
  readonly prior: number;
}

/** One hypothesis on where the anemometer's north mark points, degrees beside true north. */
export interface Askew {
  readonly deg: number;
  readonly prior: number;
}

export interface PlumeOptions {
  readonly area: Area;
  /** Side of a cell of the grid, m. */
  readonly cellM: number;
  /** Height of the source above ground, m. Vapours from a door, a window or a drain. */
  readonly sourceM: number;
  readonly shapes: readonly Shape[];
  readonly askew: readonly Askew[];
  /** Standard deviation in degrees by which an anemometer is wrong from row to row. */
  readonly directionSdDeg: number;
  /**
   * By how much the mean directions of a row at two places differ, relative to the spread of the direction within the row:
   * sqrt(2 x integral time scale / averaging time), so 0.4 for 5 s and a minute.
   */
  readonly apart: number;
  /** Standard deviation of the prior on the rate, mg/s: wide, it only keeps cells that see nothing from claiming tons. */
  readonly rateSd: number;
  /** Standard deviation between the zeros of two streams, mg/m3. */
  readonly offsetSd: number;
  /** First guess of the noise of a row, mg/m3; learned from then on. */
  readonly noise: number;
  /** How long what the model does not explain lasts, s: autocorrelation exp(-dt/tau) of the residuals. */
  readonly residualS: number;
  /** Standard error of a modelled mean over a minute, relative to the plume's own part. */
  readonly modelError: number;
  /** Looks of one row share its errors: K of them count as K to the power of 1 - `sharing`. */
  readonly sharing: number;
  /** Share of the log likelihood that counts, and how much of it at most: from the simulation study, see posterior.ts. */
  readonly temper: number;
  readonly saturation: number;
}

/** Every pair of two factors; the middle one of each is taken as twice as likely as the outer ones. */
function shapesOf(across: readonly number[], up: readonly number[]): readonly Shape[] {
  const weight = (i: number, of: readonly number[]): number =>
    of.length > 2 && (i === 0 || i === of.length - 1) ? 1 : 2;
  const all = across.flatMap((a, i) =>
    up.map((u, j) => ({ across: a, up: u, prior: weight(i, across) * weight(j, up) })),
  );
  const sum = all.reduce((total, one) => total + one.prior, 0);
  return all.map((one) => ({ ...one, prior: one.prior / sum }));
}

export const priors: Omit<PlumeOptions, 'area'> = {
  cellM: 2,
  sourceM: 0.5,
  shapes: shapesOf([0.7, 1.4], [0.6, 1.4]),
  askew: [
    { deg: -6, prior: 0.25 },
    { deg: 0, prior: 0.5 },
    { deg: 6, prior: 0.25 },
  ],
  directionSdDeg: 4,
  apart: 0.4,
  rateSd: 5000,
  offsetSd: 0.3,
  noise: 0.1,
  residualS: 60,
  modelError: 0.5,
  sharing: 0.5,
  temper: 0.7,
  saturation: 12,
};
