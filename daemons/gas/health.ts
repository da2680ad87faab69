/** What the daemon tells of itself at intervals: what waits, and what the card has taken. */
import type { Spool } from '../core/ports/spool.ts';
import type { Stamp } from '../core/values/stamp.ts';
import type { watchWear } from '../core/wear/watch.ts';
import { nullOfFault } from './keeping.ts';
import type { SayEvent } from './say-event.ts';

export interface HealthParts {
  readonly everyMs: number;
  readonly spool: Pick<Spool, 'depth' | 'held'> & { holdTelemetry(ms: number): void };
  readonly wearOf: ReturnType<typeof watchWear>;
  readonly say: SayEvent;
  /** What is committed with it beside the wear. */
  readonly doses: () => Readonly<Record<string, unknown>>;
}

/** Tells when it is due. */
export function health({ everyMs, spool, wearOf, say, doses }: HealthParts): (now: Stamp) => Promise<void> {
  let dueMs = 0;
  return async ({ monoNs, wallMs }) => {
    const nowMs = monoNs / 1e6;
    if (nowMs < dueMs) return;
    dueMs = nowMs + everyMs;
    const wear = wearOf(nowMs);
    if (wear.holdMs !== null) spool.holdTelemetry(wear.holdMs);
    if (wear.news) await say(wear.news);
    await say(
      {
        type: 'health',
        severity: 'info',
        message: 'gas is measuring',
        detail: {
          depth: await spool.depth().catch(nullOfFault),
          memory: spool.held(),
          rssMb: Math.round(process.memoryUsage().rss / 1e6),
          wear: wear.detail,
        },
      },
      { wear: { ...wear.detail, atMs: wallMs }, ...doses() },
    );
  };
}
