import type { Stream } from '../values/envelope.ts';

interface Quota {
  readonly megabytes: number;
  readonly days: number;
}

/** What a profile says of a spool: see `section.ts` for the units. */
export interface SpoolSection extends Readonly<Record<Stream, Quota>> {
  readonly memoryMegabytes: number;
  readonly reserveMegabytes: number;
}

/** Where a profile says nothing. */
export const usualSpool: SpoolSection = {
  tele: { megabytes: 2000, days: 400 },
  event: { megabytes: 200, days: 1000 },
  alert: { megabytes: 500, days: 3650 },
  memoryMegabytes: 16,
  reserveMegabytes: 8,
};

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
