/** A line of the feed. What comes in is another process's word: its shape and bounds are held before anybody uses it. */
import * as z from 'zod';
import type { FeedValue } from '../ports/feed.ts';

/** Characters of a line at the most. */
export const longestLine = 4096;

const finite = z.number();
const u = z.number().min(0);
/** Who tells it states no uncertainty. */
const unvouched = { unvouched: z.literal(true).optional() };
const base = { boot: z.string().max(64), monoNs: z.number().min(0) };
const q = z
  .tuple([finite, finite, finite, finite])
  .refine((one) => Math.abs(Math.hypot(...one) - 1) < 1e-3, 'a turn has length 1');

const value = z.discriminatedUnion('kind', [
  z.looseObject({
    ...base,
    kind: z.literal('position'),
    segment: z.int().min(0),
    lat: z.number().min(-90).max(90),
    lon: z.number().min(-180).max(180),
    altM: finite.nullable(),
    aboveHomeM: finite.nullable(),
    velocity: z.looseObject({ north: finite, east: finite, up: finite }).nullable(),
    uHorizontalM: u,
    uVerticalM: u,
    ...unvouched,
  }),
  z.looseObject({ ...base, kind: z.literal('attitude'), segment: z.int().min(0), q, uDeg: u, ...unvouched }),
  z.looseObject({
    ...base,
    kind: z.literal('gimbal'),
    segment: z.int().min(0),
    q,
    uDeg: u,
    yawFrom: z.enum(['north', 'vehicle']),
    ...unvouched,
  }),
  z.looseObject({
    ...base,
    kind: z.literal('wind'),
    speedMs: z.number().min(0).max(100),
    fromDeg: z.number().min(0).lt(360).nullable(),
    uSpeedMs: u,
    uFromDeg: u.nullable(),
    seconds: z.number().min(0),
    source: z.enum(['autopilot', 'anemometer']),
  }),
  z.looseObject({
    ...base,
    kind: z.literal('capture'),
    open: z.boolean(),
    sinceNs: z.number().min(0),
    sortie: z.string().max(64).nullable(),
    why: z.string().max(256),
  }),
  z.looseObject({
    ...base,
    kind: z.literal('time'),
    source: z.string().max(32),
    wallMs: finite,
    uncertaintyMs: u,
  }),
]);

/** The value in a line, or null: no JSON, another kind, out of bounds, of another boot. */
export function feedValueOf(line: string, boot: string): FeedValue | null {
  if (line.length > longestLine) return null;
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return null;
  }
  const { data } = value.safeParse(read);
  return data?.boot === boot ? data : null;
}
