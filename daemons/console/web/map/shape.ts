/** A line bent into a circle on the ground: `radiusM` around a point, as GeoJSON longitude, latitude. */
export function groundCircle(lat: number, lon: number, radiusM: number, points = 64): [number, number][] {
  const earthM = 6_371_008.8;
  const angle = Math.min(Math.PI / 2, Math.max(0, radiusM) / earthM);
  const phi = (lat * Math.PI) / 180;
  const ring: [number, number][] = [];
  for (let i = 0; i <= points; i++) {
    const bearing = (2 * Math.PI * (i % points)) / points;
    const sin = Math.sin(phi) * Math.cos(angle) + Math.cos(phi) * Math.sin(angle) * Math.cos(bearing);
    const north = Math.asin(Math.min(1, Math.max(-1, sin)));
    const east = Math.atan2(
      Math.sin(bearing) * Math.sin(angle) * Math.cos(phi),
      Math.cos(angle) - Math.sin(phi) * Math.sin(north),
    );
    ring.push([lon + (east * 180) / Math.PI, (north * 180) / Math.PI]);
  }
  return ring;
}

/** A length on the ground of 1, 2 or 5 times a power of ten that is at most `widthPx` wide. */
export function scaleFor(metresPerPx: number, widthPx: number): { readonly metres: number; readonly px: number } {
  const most = metresPerPx * widthPx;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = (most / power >= 5 ? 5 : most / power >= 2 ? 2 : 1) * power;
  return { metres, px: metres / metresPerPx };
}

const steps = [30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001] as const;

export interface Grid {
  readonly meridians: readonly number[];
  readonly parallels: readonly number[];
  /** Decimals that the labels need. */
  readonly decimals: number;
}

export type Box = readonly [west: number, south: number, east: number, north: number];

/** Degrees from one line of a graticule to the next, for about five lines across the bounds. */
export const gridStep = ([west, , east]: Box): number => {
  const span = Math.min(360, Math.max(0.001, east - west));
  return steps.find((one) => span / one >= 5) ?? 0.001;
};

/** A graticule that is drawn: its lines go a view's width beyond the view on each side. */
export interface Drawn {
  readonly step: number;
  readonly bounds: Box;
}

/** What to draw anew for a view of `bounds`, or null where what is drawn still serves. */
export function gridAround(drawn: Drawn | null, [west, south, east, north]: Box): Drawn | null {
  const step = gridStep([west, south, east, north]);
  const [wide, high] = [Math.min(360, east - west), north - south];
  if (drawn?.step === step) {
    const [w, s, e, n] = drawn.bounds;
    if (west >= w && east <= e && south >= s && north <= n) return null;
  }
  return { step, bounds: [west - wide, south - high, east + wide, north + high] };
}

/** The lines of a graticule inside the bounds. */
export function gridFor(bounds: Box, step = gridStep(bounds)): Grid {
  const [west, south, east, north] = bounds;
  const span = Math.min(360, Math.max(0.001, east - west));
  const lines = (from: number, to: number): number[] => {
    const first = Math.ceil(from / step);
    const count = Math.min(120, Math.max(0, Math.floor(to / step) - first + 1));
    return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toFixed(6)));
  };
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return { meridians: lines(west, west + span), parallels: lines(Math.max(-85, south), Math.min(85, north)), decimals };
}

export const degreeLabel = (value: number, positive: string, negative: string, decimals: number): string =>
  value === 0 ? '0°' : `${Math.abs(value).toFixed(decimals)}° ${value < 0 ? negative : positive}`;

/**
 * Moves what is drawn to a place: shapes keep their numbers as 32-bit floats, a metre and a half at 150 degrees,
 * so all but the transform (64-bit) is told from there.
 */
export const movedTo = ({ lat, lon }: { lat: number; lon: number }): string => `translate(${lon} ${-lat})`;
