/** An alert as a message of the Common Alerting Protocol 1.2 (OASIS, 2010), of restricted scope. Pure. */
import { regionOf } from '../../core/desk/region.ts';
import { outerRings } from '../../core/geo/rings.ts';
import type { AlertRecord } from '../../core/ports/records.ts';
import type { Alert } from '../../core/values/alert.ts';
import { escaped } from '../../core/xml/text.ts';

/** CAP 1.2, 3.3.2: UTC is written as -00:00, and there are no fractions. */
const capTime = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, '-00:00');
/** CAP 1.2: no spaces, commas, < or & in an identifier. */
const name = (text: string): string => text.replace(/[\s,<&>]/g, '_');
const tag = (of: string, text: string | number): string => `<${of}>${escaped(String(text))}</${of}>`;

const severities = { critical: 'Severe', warning: 'Moderate', info: 'Minor' } as const;
const certainties = { corroborated: 'Likely', indication: 'Possible' } as const;

/** Never `Actual` for what did not happen. */
export function statusOf({ alert, desk }: AlertRecord): 'Actual' | 'Exercise' | 'Test' {
  if (desk?.drill) return 'Exercise';
  return alert.flags.includes('simulated') ? 'Test' : 'Actual';
}

export function capOf(record: AlertRecord): string {
  const { site, device, alert, desk } = record;
  const status = statusOf(record);
  const mark = status === 'Actual' ? '' : `${status.toUpperCase()}: `;
  const info = [
    tag('language', 'en'),
    tag('category', alert.plot ? 'Security' : 'CBRNE'),
    tag('event', `${mark}${alert.kind}`),
    tag('urgency', alert.condition === 'cleared' ? 'Past' : 'Unknown'),
    tag('severity', severities[alert.severity]),
    tag('certainty', certainties[alert.certainty]),
    tag('expires', capTime(alert.expiresMs)),
    tag('headline', `${mark}${alert.kind} at ${site}`),
    tag('description', `${mark}${alert.because.rule}. A lead for a person, not a verdict.`),
    `<parameter>${tag('valueName', 'score')}${tag('value', alert.because.score)}</parameter>`,
    ...(desk?.resolved
      ? [`<parameter>${tag('valueName', 'outcome')}${tag('value', desk.resolved.outcome)}</parameter>`]
      : []),
    areaOf(site, alert),
  ].join('');
  return [
    '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">',
    tag('identifier', name(`${alert.id}-${alert.rev}`)),
    tag('sender', name(`${site}.${device}`)),
    tag('sent', capTime(record.raisedMs)),
    tag('status', status),
    tag('msgType', 'Alert'),
    tag('scope', 'Restricted'),
    tag('restriction', 'for the organisation that runs the posts'),
    `<info>${info}</info>`,
    '</alert>',
  ].join('');
}

/** A circle's radius is in kilometres, a polygon's points are latitude,longitude. CAP has no holes: what they leave out is in the area too. */
function areaOf(site: string, alert: Alert): string {
  const region = regionOf(alert);
  const shapes = outerRings(region?.rings ?? []).map((ring) => {
    const points = ring.map(([lon, lat]) => `${lat},${lon}`);
    return points.length >= 4
      ? tag('polygon', points.join(' '))
      : tag('circle', `${points[0]} ${(region?.radiusM ?? 0) / 1000}`);
  });
  return `<area>${tag('areaDesc', `site ${site}`)}${shapes.join('')}</area>`;
}
