/** How many messages are taken: many times what a dock says, so that a storm on its broker costs neither disk nor memory. */
export interface Allowance {
  readonly tokens: number;
  readonly atMs: number;
  /** Left out since the storm began. */
  readonly left: number;
}

/** A dock with its drone says some five a second at the most: each tells its properties every 2 s. */
const perSecond = 50;
const burst = 500;

export const fullAllowance: Allowance = { tokens: burst, atMs: 0, left: 0 };

export type Leave = 'taken' | 'storm-begins' | 'left-out' | 'storm-over';

export function allowed({ tokens, atMs, left }: Allowance, nowMs: number): readonly [Allowance, Leave] {
  const now = Math.min(burst, tokens + (Math.max(0, nowMs - atMs) * perSecond) / 1000);
  if (now < 1) return [{ tokens: now, atMs: nowMs, left: left + 1 }, left === 0 ? 'storm-begins' : 'left-out'];
  const next = { tokens: now - 1, atMs: nowMs };
  // A storm is over when half of the burst is free again.
  if (left > 0 && now >= burst / 2) return [{ ...next, left: 0 }, 'storm-over'];
  return [{ ...next, left }, 'taken'];
}
