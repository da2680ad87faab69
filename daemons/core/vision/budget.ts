/** How many windows a frame gets, from what windows cost lately. */

export interface TileCost {
  /** Running mean, ms a window; null before the first was measured. */
  readonly ms: number | null;
}

export const unknownCost: TileCost = { ms: null };

/** One at the least, so that there is something to measure; before the first measurement a few. */
export function tilesWithin(budgetMs: number, { ms }: TileCost): number {
  return ms === null ? 4 : Math.max(1, Math.floor(budgetMs / ms));
}

/** Follows a load that lasts, and is not thrown by one slow frame. */
const weight = 0.2;

export function withTiles(cost: TileCost, tiles: number, ms: number): TileCost {
  if (tiles < 1 || !(ms >= 0)) return cost;
  const now = ms / tiles;
  return { ms: cost.ms === null ? now : cost.ms + weight * (now - cost.ms) };
}
