/** Open alerts for programs of others, as GeoJSON (RFC 7946). Pure. */
import { statusOf } from '../../core/cap/message.ts';
import type { AlertRecord } from '../../core/ports/records.ts';
import { geometryOf } from './geometry.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

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
