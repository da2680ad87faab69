import { z } from 'zod';
import type { Calibrations } from '../ports/calibrations.ts';
import type { Calibration } from '../values/calibration.ts';
import { openDurableJson } from './durable-json.lowdb.ts';

const finite = z.number();
const record: z.ZodType<Calibration> = z.object({
  id: z.string(),
  sensor: z.string(),
  serial: z.string(),
  quantity: z.string(),
  unit: z.string(),
  atMs: finite,
  validUntilMs: finite,
  fit: z.object({
    kind: z.literal('linear'),
    intercept: finite,
    terms: z.array(z.object({ channel: z.string(), coefficient: finite })).min(1),
    covariance: z.array(z.array(finite)),
    residual: finite,
    spans: z.tuple([finite, finite]),
  }),
  points: z.array(z.object({ applied: finite, uApplied: finite, read: finite, uRead: finite })),
  gases: z.array(z.object({ gas: z.string(), lot: z.string(), certificate: z.string(), expiresMs: finite })),
  by: z.string(),
  replaces: z.string().nullable(),
});
const shape = z.object({ calibrations: z.array(record) });

/** Calibration records in one JSON file that a technician can read. Errors: the file system's own, from `add`. */
export async function openCalibrations(file: string): Promise<Calibrations> {
  const { db, notes } = await openDurableJson(file, shape, { calibrations: [] as Calibration[] });
  return {
    notes,
    inForce: (sensor, serial, quantity) =>
      db.data.calibrations.findLast(
        (one) => one.sensor === sensor && one.serial === serial && one.quantity === quantity,
      ) ?? null,
    add: async (calibration) => {
      db.data.calibrations.push(calibration);
      await db.write();
    },
  };
}
