import type { Alert } from '../values/alert.ts';
import type { Ground } from './ground.ts';

/**
 * Where what an alert is about may be, nine times in ten: the plume's region, a plot's outline with the error of its place,
 * else the circle around its position. Null where no place is known.
 */
export function regionOf({ plume, plot, where }: Alert): Ground | null {
  if (plume?.answer === 'source') return { rings: plume.region90, radiusM: 0 };
  if (plot && plot.outline.length > 0) return { rings: plot.outline, radiusM: plot.ellipse.majorM };
  return where && { rings: [[[where.lon, where.lat]]], radiusM: where.ceM };
}
