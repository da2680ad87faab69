/** Open alerts for programs of others, as GeoJSON (RFC 7946). Pure. */
import { statusOf } from '../../core/cap/message.ts';
import { regionOf } from '../../core/desk/region.ts';
import { outlinesOf } from '../../core/geo/region-shapes.ts';
import type { AlertRecord } from '../../core/ports/records.ts';

/** To a tenth of a metre (RFC 7946, 11.2). */
const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
const iso = (ms: number): string => new Date(ms).toISOString();

/** A place with its error where no region is known; where a dwelling lies in the region, the region alone and never a point. */
function geometryOf({ alert, desk }: AlertRecord): object | null {
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

export function feedFeature(record: AlertRecord): object {
  const { site, device, alert, raisedMs, changedMs } = record;
  return {
    type: 'Feature',
    id: alert.id,
    geometry: geometryOf(record),
    properties: {
      ...{ status: statusOf(record), site, device, kind: alert.kind, revision: alert.rev },
      ...{ severity: alert.severity, certainty: alert.certainty, condition: alert.condition },
      radius90M: alert.where?.ceM ?? null,
      ...{ committed: iso(raisedMs), changed: iso(changedMs) },
      acknowledged: record.acknowledged !== null,
      note: 'a lead for a person, not a verdict',
    },
  };
}

export const feedCollection = (records: readonly AlertRecord[]): string =>
  JSON.stringify({ type: 'FeatureCollection', features: records.map(feedFeature) });
