import type { Rings } from '../values/plume.ts';

type Ring = Rings[number];

/** Twice the area that a ring goes around, in square degrees; its sign says which way it goes. */
const signedArea = (ring: Ring): number =>
  ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length] ?? [x, y];
    return sum + x * nextY - nextX * y;
  }, 0);

/** The rings of a region without its holes, which run the other way round than the largest ring; largest first. */
export function outerRings(rings: Rings): Rings {
  const sized = rings.map((ring) => ({ ring, area: signedArea(ring) }));
  const sorted = sized.toSorted((a, b) => Math.abs(b.area) - Math.abs(a.area));
  const way = Math.sign(sorted[0]?.area ?? 0);
  return sorted.filter(({ area }) => Math.sign(area) === way).map(({ ring }) => ring);
}
