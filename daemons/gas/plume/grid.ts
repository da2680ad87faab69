import type { Area } from './options.ts';

/** Middles of the cells, row by row from the south-west corner. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly cellM: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export function gridOf({ westM, southM, eastM, northM }: Area, cellM: number): Grid {
  const columns = Math.max(1, Math.ceil((eastM - westM) / cellM));
  const rows = Math.max(1, Math.ceil((northM - southM) / cellM));
  const cells = columns * rows;
  return {
    columns,
    rows,
    cellM,
    x: Float64Array.from({ length: cells }, (_, i) => westM + ((i % columns) + 0.5) * cellM),
    y: Float64Array.from({ length: cells }, (_, i) => southM + (Math.floor(i / columns) + 0.5) * cellM),
  };
}
