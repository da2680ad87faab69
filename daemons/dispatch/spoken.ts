/** What was told lately, of each unit and way: by this dispatcher, one before it or one beside it, as alerts say. */
import { type Spoken, wireOf } from '../core/dispatch/flood.ts';
import type { AlertRecord } from '../core/ports/records.ts';

export interface SpokenLately {
  take(record: AlertRecord, nowMs: number): void;
  of(wire: string): readonly Spoken[];
}

export function openSpoken(windowMs: number): SpokenLately {
  const lately = new Map<string, Map<string, Spoken>>();
  return {
    take: ({ alert, desk }, nowMs) => {
      for (const { unit, tried } of desk?.told ?? [])
        for (const { way, step, claimedMs, grouped } of tried) {
          if (claimedMs <= nowMs - windowMs) continue;
          const wire = wireOf({ unit, way });
          const known = lately.get(wire) ?? new Map<string, Spoken>();
          lately.set(wire, known);
          known.set(`${alert.id} ${step}`, { atMs: claimedMs, grouped });
          for (const [key, { atMs }] of known) if (atMs <= nowMs - windowMs) known.delete(key);
        }
    },
    of: (wire) => [...(lately.get(wire)?.values() ?? [])],
  };
}
