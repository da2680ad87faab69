import type { Rings } from '../../daemons/core/values/plume.ts';

/** Whether the region holds the place: a line to the east crosses its rings an odd number of times. */
export const holds = (rings: Rings, { lat, lon }: { readonly lat: number; readonly lon: number }): boolean =>
  rings.flatMap((ring) =>
    ring.slice(1).filter(([x, y], i) => {
      const [x0, y0] = ring[i] ?? [x, y];
      return y0 > lat !== y > lat && x0 + ((lat - y0) / (y - y0)) * (x - x0) > lon;
    }),
  ).length %
    2 ===
  1;
