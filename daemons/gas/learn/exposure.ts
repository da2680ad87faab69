/** A labelled exposure, as the trainers see it. */
export interface Exposure {
  /** Signed-log features, dimensionless; as many for every exposure of a set. */
  readonly features: Float32Array;
  /** Index of the gas. */
  readonly label: number;
  /** What was measured together, in order of time: drift is what happens between sessions. */
  readonly session: number;
  /** Concentration that was applied; null where it was not stated. */
  readonly ppm: number | null;
}

/**
 * The first `perGas` exposures of each gas in the order they were taken, going round the distinct concentrations: the
 * first of every level before the second of any. Answers indices, ascending. What a technician with a few bottles does.
 */
export function firstExposures(exposures: readonly Exposure[], perGas: number): number[] {
  const chosen: number[] = [];
  const indexed = exposures.map((one, index) => ({ ...one, index }));
  for (const [, ofGas] of Map.groupBy(indexed, ({ label }) => label)) {
    const levels = [...Map.groupBy(ofGas, ({ ppm }) => ppm).values()];
    const rounds = Math.max(...levels.map(({ length }) => length));
    const inTurn = Array.from({ length: rounds }, (_, round) => levels.flatMap((level) => level[round] ?? []));
    chosen.push(
      ...inTurn
        .flat()
        .slice(0, perGas)
        .map(({ index }) => index),
    );
  }
  return chosen.sort((a, b) => a - b);
}
