import type { Item } from '../core/ports/spool.ts';
import { encodeTelemetry } from '../core/telemetry/encode.ts';
import type { Measurement } from '../core/values/measurement.ts';
import type { Reading } from '../core/values/reading.ts';

/** Telemetry that waits to be a full envelope. */
export interface Batch {
  readings: Reading[];
  measurements: Measurement[];
}

export const emptyBatch = (): Batch => ({ readings: [], measurements: [] });

/** Values that wait in a batch. */
export const sizeOf = (batch: Batch): number => batch.readings.length + batch.measurements.length;

/** Everything in the batch as one telemetry item for the spool, and the batch empty again; none when there is nothing. */
export function seal(batch: Batch): readonly Item[] {
  const last = batch.measurements.at(-1) ?? batch.readings.at(-1);
  if (last === undefined) return [];
  const item: Item = { stream: 'tele', at: last.at, body: encodeTelemetry(batch) };
  batch.readings = [];
  batch.measurements = [];
  return [item];
}
