/** A simulated operator: acknowledges every alert through the console's own HTTP API, some time after it appeared. */
import * as z from 'zod';

const state = z.object({
  alerts: z.array(
    z.object({ alert: z.object({ id: z.string() }), raisedMs: z.number(), acknowledged: z.unknown().nullable() }),
  ),
});

export interface Operator {
  readonly acknowledged: ReadonlySet<string>;
  stop(): void;
}

export function simulatedOperator(page: string, afterMs: number): Operator {
  const acknowledged = new Set<string>();
  const look = async (): Promise<void> => {
    const answer = await fetch(`${page}/api/state`);
    const { alerts } = state.parse(await answer.json());
    for (const one of alerts) {
      if (one.acknowledged || acknowledged.has(one.alert.id) || Date.now() - one.raisedMs < afterMs) continue;
      const sent = await fetch(`${page}/api/alerts/${encodeURIComponent(one.alert.id)}/acknowledge`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ by: 'simulated-operator' }),
      });
      if (sent.ok) acknowledged.add(one.alert.id);
    }
  };
  // The console may be starting or restarting: the next look tries again.
  const timer = setInterval(() => void look().catch(() => {}), 500);
  return { acknowledged, stop: () => clearInterval(timer) };
}
