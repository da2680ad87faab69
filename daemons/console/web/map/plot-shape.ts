import type { Alert } from '../../../core/values/alert.ts';

/** A closed line of [longitude, latitude]. */
export type Line = readonly (readonly [number, number])[];

const metresPerDegree = 111_195;
const points = 64;

/** The ellipse that holds the middle of a plot nine times in ten; flat, as it is some metres wide. */
export function plotEllipse({ lat, lon }: NonNullable<Alert['where']>, { ellipse }: NonNullable<Alert['plot']>): Line {
  const bearing = (ellipse.bearingDeg * Math.PI) / 180;
  const wide = metresPerDegree * Math.max(0.05, Math.cos((lat * Math.PI) / 180));
  return Array.from({ length: points + 1 }, (_, i) => {
    const phi = (2 * Math.PI * (i % points)) / points;
    const [along, across] = [ellipse.majorM * Math.cos(phi), ellipse.minorM * Math.sin(phi)];
    const north = along * Math.cos(bearing) - across * Math.sin(bearing);
    const east = along * Math.sin(bearing) + across * Math.cos(bearing);
    return [lon + east / wide, lat + north / metresPerDegree] as const;
  });
}

/** What is drawn of an alert about a plot: the ellipse of its place, then its outline. Null of any other. */
export function plotLines({ where, plot }: Alert): readonly Line[] | null {
  return where && plot ? [plotEllipse(where, plot), ...plot.outline] : null;
}
