/** Where an alert is, as GeoJSON has it (RFC 7946): the same in a feed and in an export. Pure. */
import { regionOf } from '../../core/desk/region.ts';
import { outlinesOf } from '../../core/geo/region-shapes.ts';
import type { AlertRecord } from '../../core/ports/records.ts';

/** To a tenth of a metre (RFC 7946, 11.2). */
const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

/** A place with its error where no region is known; where a dwelling lies in the region, the region alone and never a point. */
export function geometryOf({ alert, desk }: AlertRecord): object | null {
  const region = regionOf(alert);
  if (!region) return null;
  const isShape = (region.rings[0]?.length ?? 0) > 1 || (desk?.dwelling?.touches.length ?? 0) > 0;
  if (!isShape && alert.where) return { type: 'Point', coordinates: [alert.where.lon, alert.where.lat] };
  const outlines = outlinesOf(region).map((ring) => ring.map((point) => point.map(rounded)));
  if (outlines.length === 0) return null;
  return outlines.length === 1
    ? { type: 'Polygon', coordinates: outlines }
    : { type: 'MultiPolygon', coordinates: outlines.map((one) => [one]) };
}
