import * as z from 'zod';

/** The `agent` section of a profile. */
export const agentSection = z.strictObject({
  repository: z
    .string()
    .regex(/^https:\/\/[^\s/]+(\/[^\s]*)?$/)
    .optional()
    .describe('https://host:port/path of the releases of the centre: fieldpost release makes that folder'),
  mostStarts: z
    .int()
    .min(1)
    .max(20)
    .default(3)
    .describe('a change that saw so many starts of the box without becoming well is reverted at the next one'),
});
export type AgentSection = z.infer<typeof agentSection>;
