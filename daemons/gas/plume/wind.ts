import { sinCosDeg } from '../../core/exact/turn.ts';

const degPerRad = 57.29577951308232;

/**
 * The bearing of a direction, 0 to 360 degrees clockwise from north; 0 for no direction at all. Found by
 * Newton's steps out of exact arithmetic alone (see core/exact), to about 1e-9 degrees.
 */
export function bearingOf(east: number, north: number): number {
  const length = Math.sqrt(east * east + north * north);
  if (length === 0) return 0;
  // The nearest of the eight winds first, so that what is left has a small sine.
  let bearing = 0;
  let best = Number.NEGATIVE_INFINITY;
  for (let one = 0; one < 360; one += 45) {
    const [sin, cos] = sinCosDeg(one);
    const along = (sin * east + cos * north) / length;
    if (along > best) [bearing, best] = [one, along];
  }
  for (let round = 0; round < 5; round++) {
    const [sin, cos] = sinCosDeg(bearing);
    // Newton's step on the sine of what is left; its cosine is near 1 and the error falls with the cube.
    bearing += ((east * cos - north * sin) / length) * degPerRad;
  }
  return ((bearing % 360) + 360) % 360;
}
