/** A token bucket: how many of something may be done now, so that it is done `perS` times a second at the most. Pure. */
export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

const aSecondOf = (perS: number): number => Math.max(1, perS);

/** Full at first. `most`: what it holds; one second's worth if absent. */
export const bucket = (perS: number, nowMs: number, most = aSecondOf(perS)): Bucket => ({ tokens: most, atMs: nowMs });

export const filled = ({ tokens, atMs }: Bucket, perS: number, nowMs: number, most = aSecondOf(perS)): Bucket => ({
  tokens: Math.min(most, tokens + (Math.max(0, nowMs - atMs) * perS) / 1000),
  atMs: nowMs,
});

/** May go below zero: who may not wait takes from what comes. */
export const spent = (one: Bucket, count: number): Bucket => ({ ...one, tokens: one.tokens - count });

export const available = ({ tokens }: Bucket): number => Math.max(0, Math.floor(tokens));
