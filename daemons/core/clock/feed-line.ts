import * as z from 'zod';
import type { TimeFix } from '../ports/time-source.ts';

/** Longest line of the feed that may hold a time, in characters. */
export const maxFeedLine = 4096;
/** A fix of the past is worth carrying over, one that is older is not, in ns. */
const oldestNs = 3600e9;
/** Years that a receiver may name: one that has just woken up likes to say 1980 or, with an old week count, 2006. */
const [earliestMs, latestMs] = [Date.UTC(2024, 0, 1), Date.UTC(2100, 0, 1)];

/**
 * A line of the box's feed that tells the time: at `monoNs` (CLOCK_MONOTONIC, the same for all processes of a boot) it
 * was `wallMs` (Unix ms), wrong by `uncertaintyMs` at the most. The feed carries other kinds; they are passed over.
 */
const time = z.looseObject({
  kind: z.literal('time'),
  source: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .default('gnss'),
  boot: z.string().max(64).optional(),
  monoNs: z.number().min(0),
  wallMs: z.number().min(earliestMs).max(latestMs),
  uncertaintyMs: z.number().min(0).max(86_400_000),
});

/** The fix in a line, or null: another kind, no JSON, of another boot, from the future, older than an hour. */
export function fixOf(line: string, boot: string, nowNs: number): TimeFix | null {
  if (line.length > maxFeedLine) return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = time.safeParse(value);
  if (!parsed.success) return null;
  const { source, monoNs, wallMs, uncertaintyMs } = parsed.data;
  if (parsed.data.boot !== undefined && parsed.data.boot !== boot) return null;
  if (monoNs > nowNs || nowNs - monoNs > oldestNs) return null;
  return { source, monoNs, wallMs, uncertaintyMs, steers: false };
}
