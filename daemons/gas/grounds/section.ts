import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';

/** The `corroborate` section of a profile's `gas`: what a claim may rest on beside a second principle. */
export const corroborateSection = onDemand(() =>
  z.strictObject({
    rowS: z
      .int()
      .min(1)
      .max(600)
      .default(60)
      .describe('seconds of one row of means that upwind and downwind are compared by; a hover of a drone'),
    withinM: z.number().min(5).max(1000).default(50).describe('metres within which two passes are over one place'),
    withinS: z
      .int()
      .min(60)
      .max(604_800)
      .default(86_400)
      .describe('seconds after which what an earlier pass found says nothing of this one'),
  }),
).prefault({});

export type CorroborateSection = z.infer<typeof corroborateSection>;
