/** Whether a box that moves is in the air, by its own feed: there it meets other air than that of its baseline. Pure; plain JSON. */
import type { Measurement } from '../../core/values/measurement.ts';
import { feedSensor } from '../locating/feed-channels.ts';

/** From when to when it was last told to be aloft, ns. */
export type Flight = { readonly boot: string; readonly sinceNs: number; readonly lastNs: number } | null;

/** Metres above where it took off from, and how long what was told holds. */
const aloft = { fromM: 2, holdsNs: 10e9 } as const;

export function flown(flight: Flight, { sensor, quantity, value, at }: Measurement): Flight {
  if (sensor !== feedSensor || quantity !== 'pos-above' || value === null || value < aloft.fromM) return flight;
  const goesOn = flight?.boot === at.boot && at.monoNs - flight.lastNs <= aloft.holdsNs;
  return { boot: at.boot, sinceNs: goesOn ? flight.sinceNs : at.monoNs, lastNs: at.monoNs };
}

/** Of the moment itself nothing counts: which of what came in it is first is chance. */
export const isAloft = (flight: Flight, { boot, monoNs }: Measurement['at']): boolean =>
  flight?.boot === boot && flight.sinceNs < monoNs && monoNs - flight.lastNs <= aloft.holdsNs;
