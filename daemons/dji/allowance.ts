/** How many messages are taken: many times what a dock says, so that a storm on its broker costs neither disk nor memory. */
import { available, type Bucket, bucket, filled, spent } from '../core/flow/bucket.ts';

export interface Allowance {
  readonly bucket: Bucket;
  /** Left out since the storm began. */
  readonly left: number;
}

/** A dock with its drone says some five a second at the most: each tells its properties every 2 s. */
const perSecond = 50;
const burst = 500;

export const fullAllowance: Allowance = { bucket: bucket(perSecond, 0, burst), left: 0 };

export type Leave = 'taken' | 'storm-begins' | 'left-out' | 'storm-over';

export function allowed({ bucket: before, left }: Allowance, nowMs: number): readonly [Allowance, Leave] {
  const now = filled(before, perSecond, nowMs, burst);
  if (available(now) < 1) return [{ bucket: now, left: left + 1 }, left === 0 ? 'storm-begins' : 'left-out'];
  const next = spent(now, 1);
  // A storm is over when half of the burst is free again.
  if (left > 0 && now.tokens >= burst / 2) return [{ bucket: next, left: 0 }, 'storm-over'];
  return [{ bucket: next, left }, 'taken'];
}
