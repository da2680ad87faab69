/** Alerts as messages of the Common Alerting Protocol 1.2 (OASIS, CAP-v1.2-OS, 2010), for whom they are meant and nobody else. Pure. */
import { regionOf } from '../desk/region.ts';
import { outerRings } from '../geo/rings.ts';
import type { AlertRecord } from '../ports/records.ts';
import type { Alert } from '../values/alert.ts';
import { type Element, element, xmlText } from '../xml/text.ts';
import { capSpace } from './check.ts';
import { type CapLanguage, capLanguages, capTexts, exerciseNote } from './words.ts';

/** One message that was or is to be said of an alert. */
export interface CapIssue {
  readonly type: 'Alert' | 'Update' | 'Cancel';
  readonly identifier: string;
  readonly sentMs: number;
  /** The alert as it then was. */
  readonly record: AlertRecord;
  /** Earlier messages that this one takes the place of, oldest first. */
  readonly references: readonly CapReference[];
}
export type CapReference = Pick<CapIssue, 'identifier' | 'sentMs'> & { readonly sender: string };

/** Never public: a rule on who may have it, or the addresses of those that do. */
export type CapScope = { readonly restriction: string } | { readonly addresses: readonly string[] };
export const usualScope: CapScope = { restriction: 'for the organisation that runs the posts, and whom it names' };

/** 3.3.2: UTC is written as -00:00, and there are no fractions. */
export const capTime = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, '-00:00');
/** 3.2.1: no spaces, commas, < or & in an identifier or a sender. */
export const capName = (text: string): string => text.replace(/[^\p{L}\p{N}\p{P}\p{S}]|[,<&]/gu, '_') || '_';
export const senderOf = ({ site, device }: AlertRecord): string => capName(`${site}.${device}`);

const severities = { critical: 'Severe', warning: 'Moderate', info: 'Minor' } as const;
const certainties = { corroborated: 'Likely', indication: 'Possible' } as const;
/** References that a message names; of a longer chain the newest, and the first. */
const mostReferences = 30;

/** Never `Actual` for what did not happen. */
export function statusOf({ alert, desk }: AlertRecord): 'Actual' | 'Exercise' | 'Test' {
  if (desk?.drill) return 'Exercise';
  return alert.flags.includes('simulated') ? 'Test' : 'Actual';
}

const said = (name: string, text: string | number): Element => element(name, {}, String(text));

export function capText(issue: CapIssue, scope: CapScope = usualScope): string {
  const { type, identifier, sentMs, record, references } = issue;
  const status = statusOf(record);
  const named =
    references.length > mostReferences
      ? [...references.slice(0, 1), ...references.slice(1 - mostReferences)]
      : references;
  return xmlText(
    element(
      'alert',
      { xmlns: capSpace },
      said('identifier', identifier),
      said('sender', senderOf(record)),
      said('sent', capTime(sentMs)),
      said('status', status),
      said('msgType', type),
      ...scopeOf(scope),
      ...(status === 'Exercise' ? [said('note', exerciseNote)] : []),
      ...(named.length > 0 ? [said('references', named.map(referenceText).join(' '))] : []),
      said('incidents', capName(record.alert.id)),
      ...capLanguages.map((language) => infoOf(language, issue)),
    ),
  );
}

const referenceText = ({ sender, identifier, sentMs }: CapReference): string =>
  `${sender},${identifier},${capTime(sentMs)}`;

/** 3.2.1: an address with white space in it stands in quotes. */
function scopeOf(scope: CapScope): readonly Element[] {
  if ('restriction' in scope) return [said('scope', 'Restricted'), said('restriction', scope.restriction)];
  const addresses = scope.addresses.map((one) => (/\s/.test(one) ? `"${one.replaceAll('"', '')}"` : one));
  return [said('scope', 'Private'), said('addresses', addresses.join(' '))];
}

/** Whether a clock can have said it: a box may claim anything, and beyond these years CAP has no word. */
const isTime = (ms: number): boolean => ms >= 0 && ms < 253_402_300_800_000;

function infoOf(language: CapLanguage, { type, record }: CapIssue): Element {
  const { alert, desk, site } = record;
  const isCancel = type === 'Cancel';
  const status = statusOf(record);
  const texts = capTexts(language, { alert, site, status, isCancel });
  const outcome = desk?.resolved?.outcome;
  const parameters = [['score', alert.because.score], ...(outcome ? [['outcome', outcome]] : [])] as const;
  return element(
    'info',
    {},
    said('language', language),
    said('category', alert.plot ? 'Security' : 'CBRNE'),
    said('event', texts.event),
    said('urgency', isCancel || alert.condition === 'cleared' ? 'Past' : 'Unknown'),
    said('severity', severities[alert.severity]),
    said('certainty', certainties[alert.certainty]),
    ...(alert.since.synced && isTime(alert.since.wallMs) ? [said('onset', capTime(alert.since.wallMs))] : []),
    ...(isTime(alert.expiresMs) ? [said('expires', capTime(alert.expiresMs))] : []),
    ...[
      said('headline', texts.headline),
      said('description', texts.description),
      said('instruction', texts.instruction),
    ],
    ...parameters.map(([name, value]) => element('parameter', {}, said('valueName', name), said('value', value))),
    areaOf(texts.areaDesc, alert),
  );
}

const degrees = (value: number): string => value.toFixed(6);

/** A circle's radius is in kilometres, a polygon's points are latitude,longitude. CAP has no holes: what they leave out is in the area too. */
function areaOf(description: string, alert: Alert): Element {
  const region = regionOf(alert);
  const shapes = outerRings(region?.rings ?? []).map((ring) => {
    const points = ring.map(([lon, lat]) => `${degrees(lat)},${degrees(lon)}`);
    const closed = points[0] === points.at(-1) ? points : [...points, points[0] ?? ''];
    return closed.length >= 4
      ? said('polygon', closed.join(' '))
      : said('circle', `${points[0]} ${((region?.radiusM ?? 0) / 1000).toFixed(3)}`);
  });
  return element('area', {}, said('areaDesc', description), ...shapes);
}

/** A record by itself, without what was said before: for an export. */
export const capOf = (record: AlertRecord): string =>
  capText({
    type: 'Alert',
    identifier: capName(`${record.alert.id}-${record.alert.rev}`),
    sentMs: record.raisedMs,
    record,
    references: [],
  });
