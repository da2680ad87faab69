/** What was told lately, of each unit and way: by this dispatcher, one before it or one beside it, as alerts say. */
import { type Spoken, wireOf } from '../core/dispatch/flood.ts';
import type { AlertRecord } from '../core/ports/records.ts';

export interface SpokenLately {
  take(record: AlertRecord, nowMs: number): void;
  of(wire: string): readonly Spoken[];
}

/** So many are kept before those beyond the window are looked for. */
const keptMost = 1000;

interface Wire {
  readonly spoken: Map<string, Spoken>;
  /** Looked through again at this size, so that a flood is not looked through at each of its alerts. */
  atSize: number;
}

export function openSpoken(windowMs: number): SpokenLately {
  const wires = new Map<string, Wire>();
  const add = (name: string, key: string, one: Spoken, oldestMs: number): void => {
    const wire = wires.get(name) ?? { spoken: new Map(), atSize: keptMost };
    wires.set(name, wire);
    wire.spoken.set(key, one);
    if (wire.spoken.size < wire.atSize) return;
    for (const [other, { atMs }] of wire.spoken) if (atMs <= oldestMs) wire.spoken.delete(other);
    wire.atSize = Math.max(keptMost, 2 * wire.spoken.size);
  };
  return {
    take: ({ alert, desk }, nowMs) => {
      const oldestMs = nowMs - windowMs;
      for (const { unit, tried } of desk?.told ?? [])
        for (const { way, step, claimedMs: atMs, grouped } of tried)
          if (atMs > oldestMs) add(wireOf({ unit, way }), `${alert.id} ${step}`, { atMs, grouped }, oldestMs);
    },
    of: (wire) => [...(wires.get(wire)?.spoken.values() ?? [])],
  };
}
