import { z } from 'zod';
import type { Stream } from '../values/envelope.ts';

const quota = (megabytes: number, days: number) =>
  z
    .strictObject({
      megabytes: z.int().min(1).max(1_000_000).default(megabytes).describe('10^6 bytes of envelopes'),
      days: z.int().min(1).max(36_500).default(days).describe('age, as far as the clock is believed'),
    })
    .prefault({});

/** The `spool` section of a profile: what a box keeps at the most while nobody takes it. */
export const spoolSection = z.strictObject({
  tele: quota(2000, 400).describe('the oldest telemetry goes first'),
  event: quota(200, 1000).describe('events go when no telemetry is left to go'),
  alert: quota(500, 3650).describe('alerts go last'),
  memoryMegabytes: z
    .int()
    .min(1)
    .max(1024)
    .default(16)
    .describe('what waits in memory at the most while the disk refuses'),
  reserveMegabytes: z
    .int()
    .min(0)
    .max(64)
    .default(8)
    .describe('disk space put aside, so that a full disk can still be tidied; 0 for none'),
});

export type SpoolSection = z.infer<typeof spoolSection>;

/** What a spool may hold. */
export interface Limits {
  /** Bytes of envelopes as they are stored. The file is larger by a fifth or so. */
  readonly bytes: Readonly<Record<Stream, number>>;
  readonly ageMs: Readonly<Record<Stream, number>>;
}

const dayMs = 86_400_000;

export function limitsOf({ alert, event, tele }: SpoolSection): Limits {
  return {
    bytes: { alert: alert.megabytes * 1e6, event: event.megabytes * 1e6, tele: tele.megabytes * 1e6 },
    ageMs: { alert: alert.days * dayMs, event: event.days * dayMs, tele: tele.days * dayMs },
  };
}
