/** Forgetting at the centre: by itself beside the ledger, and by hand. */
import { openRetentionAt } from '../../core/adapters/retention.ts';
import type { Running } from '../../core/daemon/running.ts';
import { Fault, isFault } from '../../core/ports/fault.ts';
import type { Hold } from '../../core/ports/retention.ts';
import {
  longestHoldMs,
  type Retained,
  type RetentionPolicy,
  retain,
  usualRetention,
} from '../../core/records/retention.ts';

const everyMs = 3_600_000;
/** The first time soon, but not while everything starts. */
const firstMs = 60_000;

/** Forgets what is due, every hour until `ctx.signal` aborts. A store that does not let us is asked again an hour later. */
export async function forgetting(records: string, ctx: Running, policy = usualRetention): Promise<void> {
  for (let waitMs = firstMs; ; waitMs = everyMs) {
    await ctx.clock.sleep(waitMs, 'retention', ctx.signal);
    if (ctx.signal.aborted) return;
    try {
      const done = await forgetNow(records, ctx.clock.now().wallMs, policy);
      if (done.coarsened + done.quarantineDeleted + done.folded > 0)
        ctx.log.info('retention: what was due is forgotten', { ...done });
    } catch (error) {
      if (!isFault(error)) throw error;
      ctx.log.warn('retention: not done, tried again in an hour', { reason: error.message });
    }
  }
}

/** Forgets once. Errors: Fault of the store. */
export async function forgetNow(records: string, nowMs: number, policy = usualRetention): Promise<Retained> {
  const store = await openRetentionAt(records);
  try {
    return await retain(store, policy, nowMs);
  } finally {
    await store.close();
  }
}

/** Days as somebody asked for them, in place of the usual ones. Errors: Fault `refused` for less than one day. */
export function policyOf({
  keepTelemetry,
  keepEvents,
}: {
  keepTelemetry?: number;
  keepEvents?: number;
}): RetentionPolicy {
  const ms = (name: string, days: number | undefined, usual: number): number => {
    if (days === undefined) return usual;
    if (!(days >= 1)) throw new Fault('refused', `--${name} ${days}: must be 1 day or more`);
    return days * 86_400_000;
  };
  return {
    ...usualRetention,
    telemetryForMs: ms('keep-telemetry', keepTelemetry, usualRetention.telemetryForMs),
    eventsForMs: ms('keep-events', keepEvents, usualRetention.eventsForMs),
  };
}

/** What is left of a box's forgotten telemetry, a line a day and quantity. */
export async function listDays(records: string, device: string) {
  const store = await openRetentionAt(records);
  try {
    return (await store.days(device)).map(({ day, sum, values, ...one }) => ({
      day: new Date(day * 86_400_000).toISOString().slice(0, 10),
      ...one,
      values,
      mean: values === 0 ? null : sum / values,
    }));
  } finally {
    await store.close();
  }
}

export interface HoldRequest {
  readonly name: string;
  readonly alert: string;
  readonly by: string;
  readonly reason: string;
  /** Days that a legal hold lasts; absent for a contest, which lasts until it is lifted. */
  readonly days?: number;
}

/** Freezes an alert. Errors: Fault `refused` for a hold that is too long, an unknown alert or a name that is taken. */
export async function holdAlert(records: string, { days, ...wanted }: HoldRequest, nowMs: number): Promise<Hold> {
  const lastsMs = days === undefined ? null : days * 86_400_000;
  if (lastsMs !== null && !(lastsMs > 0 && lastsMs <= longestHoldMs))
    throw new Fault('refused', `--days ${days}: a legal hold expires; must be 1 to ${longestHoldMs / 86_400_000} days`);
  const hold: Hold = {
    ...wanted,
    kind: lastsMs === null ? 'contest' : 'legal',
    fromMs: nowMs,
    untilMs: lastsMs === null ? null : nowMs + lastsMs,
    lifted: null,
  };
  const store = await openRetentionAt(records);
  try {
    await store.hold(hold);
  } finally {
    await store.close();
  }
  return hold;
}

/** Ends a hold. Errors: Fault `refused` when none of that name is in force. */
export async function liftHold(records: string, name: string, by: string, nowMs: number): Promise<void> {
  const store = await openRetentionAt(records);
  try {
    if (!(await store.lift(name, by, nowMs)))
      throw new Fault('refused', `hold ${name}: none of that name is in force; fieldpost holds lists them`);
  } finally {
    await store.close();
  }
}

export async function listHolds(records: string): Promise<readonly Hold[]> {
  const store = await openRetentionAt(records);
  try {
    return await store.holds();
  } finally {
    await store.close();
  }
}
