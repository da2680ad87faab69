import type { Cylinder } from './link.ts';

/** Two gases closer than a tenth are one level. */
export const isSameLevel = (a: Pick<Cylinder, 'applied'>, b: Pick<Cylinder, 'applied'>): boolean =>
  Math.abs(a.applied - b.applied) < 0.1 * b.applied;
