import { z } from 'zod';

/** The `uplink` section of a profile. */
export const uplinkSection = z.strictObject({
  brokers: z
    .array(
      z
        .string()
        .regex(/^mqtts?:\/\/[^\s/]+$/)
        .describe('mqtt://host:port or mqtts://host:port'),
    )
    .min(1)
    .max(8)
    .describe('tried in turn'),
  window: z
    .int()
    .min(1)
    .max(200)
    .default(32)
    .describe('messages on the way and not confirmed; above 20 to 50 only the delay grows'),
  resendMs: z
    .int()
    .min(500)
    .max(600_000)
    .default(5000)
    .describe('how long to wait for the receipt before sending again'),
});

export type UplinkSection = z.infer<typeof uplinkSection>;
