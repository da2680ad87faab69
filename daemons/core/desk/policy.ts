import * as z from 'zod';

const minutes = z.array(z.number().positive().max(10_080)).max(5);

/** When an alert that nobody acknowledges is escalated, and how long a shift change may take. */
export const deskPolicy = z.strictObject({
  escalate: z
    .strictObject({
      critical: minutes.default([2, 5, 15]),
      warning: minutes.default([10, 30]),
      info: minutes.default([]),
    })
    .prefault({})
    .describe('minutes after the first commit at which levels 1, 2, ... are reached, by severity; [] never'),
  acceptMinutes: z
    .number()
    .positive()
    .max(480)
    .default(15)
    .describe('what the incoming lead did not accept so long after a shift change began is escalated again'),
});
export type DeskPolicy = z.infer<typeof deskPolicy>;
export const usualPolicy: DeskPolicy = deskPolicy.parse({});
