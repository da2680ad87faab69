import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { onDemand } from '../config/on-demand.ts';
import type { Floor } from './estimate.ts';

/** Flash is written for time alone this often, in ms: 48 small files a day. */
export const floorEveryMs = 1_800_000;
/** At the end, and after a correction, a gain of less than this is not worth a write, in ms. */
const worthMs = 60_000;

const file = onDemand(() =>
  z
    .looseObject({
      v: z.literal(1),
      notBeforeMs: z
        .number()
        .min(Date.UTC(2024, 0, 1))
        .max(Date.UTC(2100, 0, 1)),
      boot: z.string().max(64),
      monoNs: z.number().min(0),
      sum: z.number(),
    })
    .refine((one) => one.sum === sumOf(one)),
);

/** `clock.json`: a moment that was over for certain when it was written, at `monoNs` of `boot`. */
export interface FloorFile {
  readonly notBeforeMs: number;
  readonly boot: string;
  readonly monoNs: number;
}

/** The file's text as a floor, or null when it is damaged: a floor that a flipped bit moved to 2090 would be worse than none. */
export function parseFloor(text: string): FloorFile | null {
  try {
    const parsed = file.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export const floorText = (floor: FloorFile): string => `${JSON.stringify({ v: 1, ...floor, sum: sumOf(floor) })}\n`;

/** The floor for a clock that starts in `boot`: in the boot that wrote it, time has gone on since. */
export const floorFor = (found: FloorFile, boot: string, monoNs: number): Floor =>
  found.boot === boot && found.monoNs <= monoNs
    ? { wallMs: found.notBeforeMs, monoNs: found.monoNs }
    : { wallMs: found.notBeforeMs, monoNs };

export interface FloorWish {
  /** What is over for certain, and, where the clock's bound is known, what is not over yet, in Unix ms. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number | null;
  readonly boot: string;
  readonly monoNs: number;
  /** At a stop or a correction: sooner than `floorEveryMs`. */
  readonly now: boolean;
}

/**
 * What to write in the place of `found`, or null. Several daemons of a box share the file: whoever comes first writes,
 * the others find it fresh. It is lowered only by a clock with a known bound that it contradicts.
 */
export function floorToWrite(found: FloorFile | null, wish: FloorWish): FloorFile | null {
  const { notBeforeMs, notAfterMs, boot, monoNs, now } = wish;
  const next: FloorFile = { notBeforeMs: Math.floor(notBeforeMs), boot, monoNs };
  if (found === null) return next;
  if (notAfterMs !== null && found.notBeforeMs > notAfterMs) return next;
  return notBeforeMs - found.notBeforeMs >= (now ? worthMs : floorEveryMs) ? next : null;
}

const sumOf = ({ notBeforeMs, boot, monoNs }: FloorFile): number => crc32(`${notBeforeMs}/${boot}/${monoNs}`);
