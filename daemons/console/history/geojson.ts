/** Alerts as GeoJSON (RFC 7946): a plot as its outline, all else as the point around which `radius90M` holds nine times in ten. Pure. */
import type { AlertRecord } from '../../core/ports/records.ts';

export function featureOf({ site, device, alert, raisedMs, acknowledged, desk }: AlertRecord): string {
  const { where, plot } = alert;
  const point = where && { type: 'Point', coordinates: [where.lon, where.lat] };
  return JSON.stringify({
    type: 'Feature',
    id: alert.id,
    geometry: plot && plot.outline.length > 0 ? { type: 'Polygon', coordinates: plot.outline } : point,
    properties: {
      ...{ site, device, kind: alert.kind, severity: alert.severity, certainty: alert.certainty },
      ...{ condition: alert.condition, family: alert.family, flags: alert.flags, radius90M: where?.ceM ?? null },
      committed: new Date(raisedMs).toISOString(),
      acknowledgedBy: acknowledged?.by ?? null,
      outcome: desk?.resolved?.outcome ?? null,
      drill: desk?.drill ?? false,
      simulated: alert.flags.includes('simulated'),
      note: 'a lead for a person, not a verdict',
    },
  });
}
