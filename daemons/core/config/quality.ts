import * as z from 'zod';
import { onDemand } from './on-demand.ts';

const off = z.literal(false);
/** `false` switches a judgement off; absent, the default for the channel's unit holds (see gas/quality/rules.ts). */
const or = <T extends z.ZodType>(shape: T) => z.union([off, shape]).optional();
const seconds = z.number().min(0).max(86_400);
const channel = z
  .string()
  .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/)
  .describe('sensor/channel of this board');

/** How the values of one sensor are judged (sensing.md section 2, fault detection). Given, a judgement holds for all its channels. */
export const qualitySection = onDemand(() =>
  z.strictObject({
    warmUpS: seconds.default(0).describe('seconds from its first answer after power-on until its values count'),
    saturated: or(
      z.strictObject({
        fullScale: z.number().positive().optional().describe("in the channel's unit; the driver's if absent"),
        share: z.number().min(0.5).max(1).default(0.98).describe('of full scale'),
        samples: z.int().min(1).max(1000).default(3).describe('values in a row'),
      }),
    ),
    flatline: or(
      z.strictObject({
        t90s: z.number().min(1).max(1000).default(10).describe('response times (t90.sensorS) that it must last'),
        step: z.number().positive().optional().describe("smallest step in the channel's unit; the driver's if absent"),
      }),
    ).describe('quieter than half its smallest step while temperature or humidity move'),
    spike: or(
      z.strictObject({
        window: z.int().min(3).max(61).default(11).describe('values of the Hampel filter'),
        k: z.number().min(2).max(100).default(6).describe('scaled median deviations from the median'),
        floor: z.number().min(0).optional().describe("least deviation that counts as one, in the channel's unit"),
      }),
    ),
    rate: or(
      z.strictObject({
        perS: z.number().positive().optional().describe('fastest change a second; worked out of t90.sensorS if absent'),
      }),
    ),
    crc: or(
      z.strictObject({
        share: z.number().positive().max(1).default(0.1).describe('of failed looks from which the rest is doubted'),
        looks: z.int().min(5).max(10_000).default(50).describe('over about so many looks'),
      }),
    ),
    heater: z
      .strictObject({
        channel: channel.describe('what measures the heater, for example its current across a shunt'),
        low: z.number().describe('below it the heater is broken or weak'),
        high: z.number().describe('above it the heater is shorted'),
        holdS: seconds.default(10).describe('seconds that it must last, and be over'),
        cycle: z
          .strictObject({
            hotAbove: z.number().describe('the heater is hot from here on'),
            withinS: seconds.describe('seconds in which it must have been hot'),
            leastChange: z
              .number()
              .positive()
              .max(1)
              .default(0.05)
              .describe('share by which a value must differ between hot and cold'),
          })
          .optional()
          .describe('a heater that is switched'),
      })
      .refine((one) => one.low < one.high, { path: ['high'], error: 'must be higher than low' })
      .optional(),
  }),
);
export type QualitySection = z.infer<typeof qualitySection>;

/** Two quantities that ought to be the same. */
export const pairSection = onDemand(() =>
  z.strictObject({
    quantities: z.tuple([z.string(), z.string()]).describe('two of this board, of the same gas and unit'),
    within: z.number().nonnegative().describe('difference that is expected beside their uncertainties, in their unit'),
    k: z.number().min(1).max(10).default(3).describe('of their joint standard uncertainty, added to within'),
    holdS: seconds.default(30).describe('seconds that they must disagree, and agree again; more than the slower T90'),
  }),
);
export type PairSection = z.infer<typeof pairSection>;

/** Response of one sensor as it was measured, in seconds. */
export const t90Section = onDemand(() =>
  z.strictObject({
    sensorS: z.number().positive().max(3600).describe('T90 with gas given at the sensor itself'),
    inletS: z.number().positive().max(3600).optional().describe('T90 with gas given at the inlet of its sampling line'),
    on: z.iso.date().optional().describe('day on which they were measured; absent: by the datasheet'),
    by: z.string().min(1).max(64).optional().describe('pseudonymous id of who measured them'),
  }),
);
export type T90Section = z.infer<typeof t90Section>;
