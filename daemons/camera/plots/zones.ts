/** Land that is known: farms that were declared, sites with a licence, areas to watch. */

import { sinCosDeg } from '../../core/exact/turn.ts';
import { metresTo, type Spot, spotAt } from '../../core/geo/local.ts';
import type { PlotZone } from '../../core/values/plot.ts';
import { axes, type Covariance, k90 } from '../ground/covariance.ts';
import { isInside } from '../ground/ring.ts';

export interface Zone extends PlotZone {
  /** Corners [longitude, latitude], not closed. */
  readonly corners: readonly (readonly [number, number])[];
}

/** Zones that the plot may lie in: its middle, or any point of what holds its middle nine times in ten. */
export function zonesAt(zones: readonly Zone[], at: Spot, covariance: Covariance): readonly PlotZone[] {
  const around = edge(at, covariance);
  return zones.flatMap(({ name, kind, corners }) => {
    const ring = corners.map(([lon, lat]) => metresTo(at, { lat, lon }));
    return around.some((one) => isInside(ring, metresTo(at, one))) ? [{ name, kind }] : [];
  });
}

function edge(at: Spot, covariance: Covariance): readonly Spot[] {
  const { major, minor, bearingDeg } = axes(covariance);
  const [a, b] = [k90 * Math.sqrt(major), k90 * Math.sqrt(minor)];
  const [sb, cb] = sinCosDeg(bearingDeg);
  const points = Array.from({ length: 16 }, (_, i) => {
    const [sine, cosine] = sinCosDeg((i * 360) / 16);
    return spotAt(at, [a * cosine * cb - b * sine * sb, a * cosine * sb + b * sine * cb]);
  });
  return [at, ...points];
}

/** Whether somebody answers for what grows there. */
export const isAnsweredFor = (zones: readonly PlotZone[]): boolean =>
  zones.some(({ kind }) => kind === 'declared' || kind === 'licensed');
