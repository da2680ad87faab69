/**
 * What is forgotten, and when. A position near a dwelling is personal data: after 30 days an alert keeps its place only
 * to about a kilometre, and the telemetry that told it goes too. What a hold freezes stays as it is. Pure but for the store.
 */
import type { Hold, RetentionStore } from '../ports/retention.ts';
import type { Alert } from '../values/alert.ts';
import { type ChainPolicy, forgetChains } from './forget-chains.ts';

const dayMs = 86_400_000;

export interface RetentionPolicy extends ChainPolicy {
  readonly coarsenAfterMs: number;
  readonly quarantineForMs: number;
}
export const usualRetention: RetentionPolicy = {
  coarsenAfterMs: 30 * dayMs,
  quarantineForMs: 30 * dayMs,
  telemetryForMs: 30 * dayMs,
  eventsForMs: 400 * dayMs,
  gatherMs: dayMs,
  leadMs: 3_600_000,
};

/** The longest legal hold: it may be set again under another name, by somebody who answers for it. */
export const longestHoldMs = 366 * dayMs;

/** Step of a coarse position in degrees: 1.1 km from south to north, less from west to east. */
const stepDegrees = 0.01;
/** From the middle of a cell to its corner at the equator, in metres. */
const cellRadiusM = 790;
/** Alerts looked at in one call. */
const pageSize = 500;

/** Whether a hold is in force for an alert. */
export const freezes = (hold: Hold, alert: string, nowMs: number): boolean =>
  hold.alert === alert && hold.lifted === null && (hold.untilMs === null || nowMs < hold.untilMs);

/** The alert with its place in the middle of a cell, and a radius that still holds the true place; no outline, no picture. */
export function coarse({ plot: _outline, plume: _regions, ...alert }: Alert): Alert {
  const { where } = alert;
  if (where === null) return alert;
  const middle = (degrees: number): number =>
    Number(((Math.floor(degrees / stepDegrees) + 0.5) * stepDegrees).toFixed(3));
  return {
    ...alert,
    where: { ...where, lat: middle(where.lat), lon: middle(where.lon), ceM: where.ceM + cellRadiusM },
  };
}

/** What the text of every envelope of an alert holds: a store looks for it before anything is parsed. */
export const mentionOf = (alert: string): string => `"id":${JSON.stringify(alert)}`;

/** Whether an envelope's text is a revision of the alert, and its body still there. */
export function isOfAlert(text: string, alert: string): boolean {
  const { body } = JSON.parse(text) as { body?: { id?: unknown } };
  return body?.id === alert;
}

export interface Retained {
  readonly coarsened: number;
  readonly bodiesDeleted: number;
  /** Alerts that were due, but a hold or a contest keeps them. */
  readonly held: number;
  readonly quarantineDeleted: number;
  /** Envelopes of telemetry and events of which the link alone is kept from now on. */
  readonly folded: number;
}

/** Does what is due at `nowMs`. Errors: the store's; what was done until then stays done, and the rest is due again. */
export async function retain(store: RetentionStore, policy: RetentionPolicy, nowMs: number): Promise<Retained> {
  const holds = await store.holds();
  let [coarsened, bodiesDeleted, held] = [0, 0, 0];
  for (let after = '', more = true; more; ) {
    const page = await store.exact(nowMs - policy.coarsenAfterMs, after, pageSize);
    for (const { alert, device } of page) {
      after = alert.id;
      if (holds.some((hold) => freezes(hold, alert.id, nowMs))) held += 1;
      else {
        bodiesDeleted += await store.coarsen(coarse(alert), device, nowMs);
        coarsened += 1;
      }
    }
    more = page.length === pageSize;
  }
  const quarantineDeleted = await store.forgetQuarantine(nowMs - policy.quarantineForMs);
  // After the alerts: what answered for one that was just reduced is needed no more.
  const folded = await forgetChains(store, policy, nowMs);
  return { coarsened, bodiesDeleted, held, quarantineDeleted, folded };
}
