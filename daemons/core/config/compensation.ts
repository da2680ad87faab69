import * as z from 'zod';
import { onDemand } from './on-demand.ts';

const positive = z.number().positive();
const rising = (name: string) => ({ error: `${name} must rise from row to row`, path: [name] });
const rises = (values: readonly number[]): boolean => values.every((one, i) => i === 0 || one > (values[i - 1] ?? one));

const span = positive.describe('answer to gas there, as a share of that at the reference');
const zero = z.number().default(0).describe('what is shown without gas there, in the unit of the quantity');

/** What temperature, humidity and pressure do to an analyzer: tables of the part's own sheet, never a constant of this program. */
export const compensation = onDemand(() =>
  z
    .strictObject({
      source: z.string().min(1).max(128).describe('where the tables are from: sheet, its issue, the table'),
      u: z
        .number()
        .min(0)
        .max(0.5)
        .default(0)
        .describe('standard uncertainty (k=1) of the correction, as a share of the value'),
      temperature: z
        .array(z.strictObject({ c: z.number(), span, zero }))
        .min(2)
        .max(32)
        .refine((rows) => rises(rows.map(({ c }) => c)), rising('c'))
        .optional(),
      humidity: z
        .array(z.strictObject({ gm3: z.number().min(0), span, zero }))
        .min(2)
        .max(32)
        .refine((rows) => rises(rows.map(({ gm3 }) => gm3)), rising('gm3'))
        .optional()
        .describe('by absolute humidity in g/m3'),
      pressure: z
        .strictObject({
          exponent: z
            .number()
            .min(-2)
            .max(2)
            .describe('the answer goes with (pressure / that at calibration) to this power'),
        })
        .optional(),
    })
    .refine((one) => one.temperature ?? one.humidity ?? one.pressure, {
      message: 'corrects nothing: give temperature, humidity or pressure',
    }),
);

export type Compensation = z.infer<typeof compensation>;
