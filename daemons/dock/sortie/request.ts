/** What a technician may ask of a sortie, on the dock's control link. */
import * as z from 'zod';

const by = z
  .string()
  .regex(/^[a-z0-9-]{1,32}$/)
  .describe('the pseudonymous id of who asks');
const text = z
  .string()
  .trim()
  .min(1)
  .max(128)
  .regex(/^\P{Cc}*$/u);
const corner = z.strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) });
const ask = z.literal('sortie');

export const sortieAsk = z.discriminatedUnion('do', [
  z.strictObject({ ask, do: z.literal('status') }),
  z.strictObject({
    ...{ ask, do: z.literal('open'), by },
    reference: text.describe("the authority's own number of its order"),
    area: z.array(corner).min(3).max(100).describe('corners in order'),
  }),
  z.strictObject({ ask, do: z.literal('check'), by }),
  z.strictObject({ ask, do: z.literal('purge'), by }),
  z.strictObject({ ask, do: z.literal('close'), by }),
  z.strictObject({ ask, do: z.literal('abandon'), by, why: text }),
]);
export type SortieAsk = z.infer<typeof sortieAsk>;

/** Characters of the longest one: a hundred corners. */
export const longestSortieAsk = 8192;
