/** Why an alert is in doubt: see `values/doubt.ts`. */
import * as z from 'zod';

const text = (length: number) => z.string().max(length);
const found = z.enum(['check', 'adjustment']);

export const doubt = z.looseObject({
  sensor: text(64),
  quantity: text(64),
  serial: text(128),
  record: text(128),
  kind: found,
  foundMs: z.number(),
  unit: text(32),
  off: z
    .array(z.looseObject({ applied: z.number(), shown: z.number(), most: z.number() }))
    .max(64)
    .readonly(),
  shift: z
    .looseObject({ since: text(128), before: z.number(), after: z.number(), most: z.number(), unit: text(32) })
    .optional(),
  lastGood: z.looseObject({ record: text(128), kind: found, atMs: z.number() }).nullable(),
});
