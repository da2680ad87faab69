/** The section `sortie` of a profile: what a sortie is held to, for the dock daemon that keeps it and for those that capture. */
import * as z from 'zod';
import { onDemand } from '../config/on-demand.ts';

const positive = z.number().positive();

export const sortieSection = onDemand(() =>
  z.strictObject({
    payload: z
      .array(z.string().min(1).max(64))
      .min(1)
      .max(16)
      .describe('serial numbers of what measures on the drone: their records in STATE/calibrations.json count'),
    zeroAgeH: positive.max(168).default(12).describe('so old may the last zero be at the opening'),
    bumpAgeH: positive.max(168).default(24).describe('so old may the last bump that passed be at the opening'),
    zeroShift: z
      .record(z.string().max(64), positive)
      .describe(
        'by quantity, in its unit: a zero that moved further over a sortie puts its alerts in doubt. Each quantity of the payload needs one',
      ),
    flowMlMin: z
      .strictObject({ least: positive, most: positive })
      .describe('flow of the pump at the last zero, as its record says'),
    clockMs: positive.max(60_000).default(2000).describe('the clock must be known within this at the opening'),
    marginM: z
      .number()
      .min(0)
      .max(1000)
      .default(30)
      .describe(
        "kept from the area's edge on the inside: what is flown in two seconds; the receiver's uncertainty is added",
      ),
  }),
);
export type SortieSection = z.infer<typeof sortieSection>;
