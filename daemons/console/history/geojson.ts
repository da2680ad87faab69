/** Alerts as GeoJSON (RFC 7946), each where the feed has it: as its region, or as the point around which `radius90M` holds nine times in ten. Pure. */
import type { AlertRecord } from '../../core/ports/records.ts';
import { geometryOf } from '../feeds/geometry.ts';

export function featureOf(record: AlertRecord): string {
  const { site, device, alert, raisedMs, acknowledged, desk } = record;
  return JSON.stringify({
    type: 'Feature',
    id: alert.id,
    geometry: geometryOf(record),
    properties: {
      ...{ site, device, kind: alert.kind, severity: alert.severity, certainty: alert.certainty },
      ...{ condition: alert.condition, family: alert.family, flags: alert.flags, radius90M: alert.where?.ceM ?? null },
      committed: new Date(raisedMs).toISOString(),
      acknowledgedBy: acknowledged?.by ?? null,
      outcome: desk?.resolved?.outcome ?? null,
      drill: desk?.drill ?? false,
      simulated: alert.flags.includes('simulated'),
      note: 'a lead for a person, not a verdict',
    },
  });
}
