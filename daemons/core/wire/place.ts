/** When and where, as boxes send them. */
import * as z from 'zod';

export const stamp = z.looseObject({
  wallMs: z.number(),
  monoNs: z.number(),
  boot: z.string().max(64),
  synced: z.boolean(),
  uncertaintyMs: z.number().nullable(),
});

export const lat = z.number().min(-90).max(90);
export const lon = z.number().min(-180).max(180);

export const where = z.looseObject({
  lat,
  lon,
  ceM: z.number().min(0),
  source: z.enum(['surveyed', 'gnss', 'plume', 'projected']),
});
