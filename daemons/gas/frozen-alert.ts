import * as z from 'zod';
import { onDemand } from '../core/config/on-demand.ts';
import { doubt } from '../core/wire/doubt.ts';
import { stamp } from '../core/wire/envelope.ts';

/** An open alert as plain JSON. The order of the fields is that in which they are written: a replay compares the texts. */
export const frozenAlert = onDemand(() =>
  z.object({
    id: z.string(),
    rev: z.number(),
    since: stamp,
    peak: z.number(),
    saidMs: z.number(),
    marks: z.array(z.string()).optional(),
    doubts: z.array(doubt).optional(),
  }),
);
