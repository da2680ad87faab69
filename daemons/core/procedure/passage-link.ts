/** What is said of a checkpoint's passages on the control link of the gas daemon: see link.ts. */
import * as z from 'zod';
import { onDemand } from '../config/on-demand.ts';

/** One passage, by number and never by plate. `found` is what an officer said; null: nobody has. */
export const passageEntry = onDemand(() =>
  z.object({
    passage: z.int(),
    result: z.enum(['nothing above LOD', 'indication', 'not measured']),
    atMs: z.number(),
    found: z.boolean().nullable(),
    by: z.string().nullable(),
  }),
);

/** All passages counted, the newest of them listed, oldest first. */
export const passageCounts = {
  entries: z.array(passageEntry),
  measured: z.int(),
  notMeasured: z.int(),
  indications: z.int(),
  /** Indications after which an officer found nothing. */
  falseAlarms: z.int(),
  /** Passages with nothing above LOD in which an officer found something. */
  missed: z.int(),
} as const;

export const passagesReply = onDemand(() =>
  z.looseObject({
    say: z.literal('passages'),
    /** What became of a decision, in words; null for a mere question. */
    told: z.string().nullable(),
    /** null: none was measured. */
    falsePerThousand: z.number().nullable(),
    ...passageCounts,
  }),
);
