import type { Item } from '../core/ports/spool.ts';
import { encodeTelemetry } from '../core/telemetry/encode.ts';
import type { Measurement } from '../core/values/measurement.ts';
import type { Reading } from '../core/values/reading.ts';

/** Telemetry that waits to be a full envelope. */
export interface Batch {
  readings: Reading[];
  measurements: Measurement[];
  /** Names the run of the line; `first` is the number of the batch's first reading in it. */
  readonly run: string;
  first: number;
}

export const emptyBatch = (run: string, first = 0): Batch => ({ readings: [], measurements: [], run, first });

/** Values that wait in a batch. */
export const sizeOf = (batch: Batch): number => batch.readings.length + batch.measurements.length;

/** Everything in the batch as one telemetry item for the spool, and the batch empty again; none when there is nothing. */
export function seal(batch: Batch): readonly Item[] {
  const last = batch.measurements.at(-1) ?? batch.readings.at(-1);
  if (last === undefined) return [];
  const { readings, measurements, run, first } = batch;
  const body = encodeTelemetry({ readings, measurements, run: { id: run, first } });
  batch.first += readings.length;
  batch.readings = [];
  batch.measurements = [];
  return [{ stream: 'tele', at: last.at, body }];
}
