import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';

const seconds = (most: number) => z.number().positive().max(most);

/** The `procedures` section of a profile's `gas`: what a technician's procedures are held to. */
export const proceduresSection = onDemand(() =>
  z.strictObject({
    defaultT90S: seconds(3600).default(30).describe('of a sensor whose board file states no t90'),
    tolerance: z.number().min(0.01).max(0.2).default(0.1).describe('share of the applied gas that a check may be off'),
    validDays: z.int().min(1).max(3650).default(180).describe('how long an adjustment is valid'),
    askS: seconds(3600).default(600).describe('longest wait for the technician at one question'),
    measureT90s: z.number().min(5).max(100).default(20).describe('longest wait for a stable reading, in T90'),
    purgeT90s: z
      .tuple([z.number().positive(), z.number().positive()])
      .default([3, 30])
      .describe('shortest and longest purge, in T90'),
    graceS: seconds(600).default(60).describe('how long a lost technician may take to come back'),
    silentS: seconds(120).default(20).describe('a client that says nothing for so long is lost'),
    hardTimeoutS: seconds(7200).default(2700).describe('the channel is never inhibited longer, but for extensions'),
    extensionS: seconds(3600).default(600),
    mostExtensions: z.int().min(0).max(20).default(3),
  }),
).prefault({});
export type ProceduresSection = z.infer<typeof proceduresSection>;
