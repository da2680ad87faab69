/** Says how the box is, retained at twin/health: on change beyond a band, or after a long while (`core/fleet/health.ts`). */
import { type AgentHealth, type Health, type HealthPace, isDue, type Said, usualPace } from '../core/fleet/health.ts';
import type { Broker } from '../core/ports/broker.ts';
import { streams } from '../core/values/envelope.ts';
import type { Outgoing } from './outgoing.ts';

export interface HealthSayer {
  /** Counts a connection that was lost. */
  lost(): void;
  /** To be called at every look. Errors: Fault of the broker, or of a spool that cannot be read. */
  say(broker: Broker, topic: string, seen: AgentHealth | null, spools: Iterable<Outgoing>): Promise<void>;
}

/** The spools are counted this often. */
const countMs = 60_000;

export function openHealth(monoMs: () => number, pace: HealthPace = usualPace): HealthSayer {
  let drops = 0;
  let said: Said | null = null;
  let nextMs = Number.NEGATIVE_INFINITY;
  return {
    lost: () => {
      drops += 1;
    },
    say: async (broker, topic, seen, spools) => {
      const nowMs = monoMs();
      if (!seen || nowMs < nextMs) return;
      nextMs = nowMs + countMs;
      const waiting: Record<string, number> = {};
      for (const { reader } of spools) {
        const depth = await reader.depth();
        for (const stream of streams) waiting[stream] = (waiting[stream] ?? 0) + depth[stream];
      }
      const health: Health = { ...seen, waiting, drops };
      if (!isDue(said, health, nowMs, pace)) return;
      await broker.publish(topic, JSON.stringify(health), { retain: true });
      said = { health, monoMs: nowMs };
    },
  };
}
