import * as z from 'zod';
import { onDemand } from './on-demand.ts';

const channel = z
  .string()
  .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/)
  .describe('sensor/channel of this board');
const seconds = z.number().min(0).max(3600);

/** A sampling line: what carries air from an inlet to sensors. Every limit is in the unit of its channel. */
export const samplingSection = onDemand(() =>
  z
    .strictObject({
      line: z.string().regex(/^[a-z0-9-]{1,32}$/),
      behind: z.array(z.string()).min(1).describe('ids of the sensors that get their air from it'),
      pump: z
        .strictObject({ channel, runsFrom: z.number().positive().describe('speed or current of a pump that runs') })
        .optional(),
      flow: z
        .strictObject({
          channel,
          least: z.number().positive().describe('less is no flow: nothing is measured'),
          most: z.number().positive().optional().describe('more is a leak: the pump has nothing to work against'),
        })
        .optional(),
      vacuum: z
        .strictObject({
          channel: channel.describe('how far the line is below the air around it, a positive number'),
          blockedFrom: z.number().positive(),
          leaksBelow: z.number().positive().optional().describe('less, while the pump runs, is a leak'),
        })
        .optional(),
      filter: z
        .strictObject({
          channel: channel.optional().describe('pressure across the filter'),
          dueFrom: z.number().positive().optional(),
          hours: z.number().positive().optional().describe('hours of the pump that it lasts'),
          changed: z.iso.date().optional().describe('day on which it was changed: another day starts the hours anew'),
        })
        .refine((one) => (one.channel === undefined) === (one.dueFrom === undefined), {
          path: ['dueFrom'],
          error: 'channel and dueFrom belong together',
        })
        .optional(),
      moisture: z.strictObject({ channel, wetFrom: z.number().positive() }).optional(),
      holdS: seconds.default(5).describe('seconds that a fault must last until it is one'),
      clearS: seconds.default(15).describe('seconds that it must be gone until it is over'),
      margin: z
        .number()
        .min(0)
        .max(0.9)
        .default(0.1)
        .describe('share of a limit by which a value must be back to be over'),
      delay: z
        .strictObject({
          s: seconds.describe('seconds from the inlet to the sensors, by a bump at the inlet'),
          on: z.iso.date().describe('day on which it was measured'),
          by: z.string().min(1).max(64).describe('pseudonymous id of who measured it'),
        })
        .optional()
        .describe('transport delay: taken off before a value is joined with pose and wind'),
    })
    .refine((one) => one.vacuum?.leaksBelow === undefined || one.vacuum.leaksBelow < one.vacuum.blockedFrom, {
      path: ['vacuum', 'leaksBelow'],
      error: 'must be lower than blockedFrom',
    })
    .refine((one) => one.flow?.most === undefined || one.flow.least < one.flow.most, {
      path: ['flow', 'most'],
      error: 'must be higher than least',
    })
    .refine((one) => one.filter?.hours === undefined || one.pump !== undefined, {
      path: ['filter', 'hours'],
      error: 'are hours of the pump: give the pump its channel',
    }),
);
export type SamplingLine = z.infer<typeof samplingSection>;

/** Every channel that watches a line, by what it says. */
export const inputsOf = ({ pump, flow, vacuum, filter, moisture }: SamplingLine): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries({ pump, flow, vacuum, filter, moisture }).flatMap(([what, one]) =>
      one?.channel === undefined ? [] : [[what, one.channel]],
    ),
  );
