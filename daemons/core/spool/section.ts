import * as z from 'zod';
import { onDemand } from '../config/on-demand.ts';
import type { Stream } from '../values/envelope.ts';
import { type SpoolSection, usualSpool } from './limits.ts';

const quota = (stream: Stream) =>
  z
    .strictObject({
      megabytes: z
        .int()
        .min(1)
        .max(1_000_000)
        .default(usualSpool[stream].megabytes)
        .describe('10^6 bytes of envelopes'),
      days: z
        .int()
        .min(1)
        .max(36_500)
        .default(usualSpool[stream].days)
        .describe('age, as far as the clock is believed'),
    })
    .prefault({});

/** The `spool` section of a profile: what a box keeps at the most while nobody takes it. */
export const spoolSection = onDemand(
  () =>
    z.strictObject({
      tele: quota('tele').describe('the oldest telemetry goes first'),
      event: quota('event').describe('events go when no telemetry is left to go'),
      alert: quota('alert').describe('alerts go last'),
      memoryMegabytes: z
        .int()
        .min(1)
        .max(1024)
        .default(usualSpool.memoryMegabytes)
        .describe('what waits in memory at the most while the disk refuses'),
      reserveMegabytes: z
        .int()
        .min(0)
        .max(64)
        .default(usualSpool.reserveMegabytes)
        .describe('disk space put aside, so that a full disk can still be tidied; 0 for none'),
    }) satisfies z.ZodType<SpoolSection>,
);
