/**
 * Whether a text is a message of the Common Alerting Protocol 1.2, by the words of the standard (OASIS, CAP-v1.2-OS of 1 July 2010:
 * section 3.2, the data dictionary, and 3.4, the schema): order and number of elements, lists of words, times, places, scope. Pure.
 */
import { isFault } from '../ports/fault.ts';
import { elementsOf, readXml, textOf, type XmlNode } from '../xml/read.ts';

export const capSpace = 'urn:oasis:names:tc:emergency:cap:1.2';
const signatureSpace = 'http://www.w3.org/2000/09/xmldsig#';

/** Null: right. */
type Judge = (text: string) => string | null;
interface Rule {
  readonly name: string;
  /** How often it may stand there: one, at most one, one or more, any number. */
  readonly times: '1' | '?' | '+' | '*';
  readonly of: Judge | readonly Rule[];
}

const any: Judge = () => null;
const said: Judge = (text) => (text.trim() === '' ? 'is empty' : null);
const oneOf =
  (...words: readonly string[]): Judge =>
  (text) =>
    words.includes(text) ? null : `is "${text}"; must be one of ${words.join(', ')}`;
/** 3.2.1: no spaces, commas or restricted characters (< and &). */
const name: Judge = (text) => (/^[^\s,<&]+$/u.test(text) ? null : `is "${text}"; must have no space, comma, < or &`);

/** 3.3.2: no letters for zones, UTC is -00:00, no fractions. */
const time: Judge = (text) => {
  const right = 'must be like 2002-05-24T16:49:00-07:00, UTC being -00:00';
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)([+-])(\d\d):(\d\d)$/.exec(text);
  if (!parts) return `is "${text}"; ${right}`;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [zoneHour, zoneMinute] = [Number(parts[8]), Number(parts[9])];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isDay || hour > 23 || minute > 59 || second > 59 || zoneHour > 14 || zoneMinute > 59)
    return `is "${text}", which is no time; ${right}`;
  return parts[7] === '+' && zoneHour === 0 && zoneMinute === 0 ? `is "${text}"; UTC must be -00:00` : null;
};

const number = /^-?\d{1,9}(?:\.\d{1,12})?$/;
/** Latitude and longitude in degrees of WGS 84. */
function point(text: string): string | null {
  const [lat, lon, more] = text.split(',');
  if (lat === undefined || lon === undefined || more !== undefined || !number.test(lat) || !number.test(lon))
    return `holds "${text}"; must be latitude,longitude`;
  return Math.abs(Number(lat)) > 90 || Math.abs(Number(lon)) > 180 ? `holds "${text}", which is no place` : null;
}
/** 3.2.4: four pairs at the least, the first and the last the same. */
const polygon: Judge = (text) => {
  const points = text.trim().split(/\s+/);
  const wrong = points.map(point).find((one) => one !== null);
  if (wrong) return wrong;
  if (points.length < 4) return `has ${points.length} points; must have 4 at the least`;
  return points[0] === points.at(-1) ? null : 'is not closed: its first point must be its last';
};
/** 3.2.4: a point, a space, a radius in kilometres. */
const circle: Judge = (text) => {
  const [centre = '', radius = '', more] = text.trim().split(/\s+/);
  if (more !== undefined || !number.test(radius) || Number(radius) < 0)
    return `is "${text}"; must be latitude,longitude and a radius in km`;
  return point(centre);
};
/** 3.2.1: sender,identifier,sent of earlier messages, with white space between. */
const references: Judge = (text) => {
  for (const one of text.trim().split(/\s+/)) {
    const [sender, identifier, sent, more] = one.split(',');
    if (!sender || !identifier || sent === undefined || more !== undefined || time(sent) !== null)
      return `holds "${one}"; must be sender,identifier,sent`;
  }
  return null;
};
/** RFC 3066, as xs:language has it. */
const language: Judge = (text) =>
  /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/.test(text) ? null : `is "${text}"; must be a language such as en-US`;
const wholeNumber: Judge = (text) => (/^\d+$/.test(text) ? null : `is "${text}"; must be a whole number`);
const decimal: Judge = (text) => (number.test(text) ? null : `is "${text}"; must be a number`);
const uri: Judge = (text) => (/^[^\s<>"{}|\\^`]+$/.test(text) ? null : `is "${text}"; must be a URI`);

const one = (of: Rule['of'], ...names: readonly string[]): Rule[] =>
  names.map((each) => ({ name: each, times: '1', of }));
const maybe = (of: Rule['of'], ...names: readonly string[]): Rule[] =>
  names.map((each) => ({ name: each, times: '?', of }));
const many = (times: '*' | '+', of: Rule['of'], each: string): Rule[] => [{ name: each, times, of }];
const pair = [...one(any, 'valueName'), ...one(any, 'value')];

const resource = [
  ...[...one(any, 'resourceDesc'), ...one(said, 'mimeType'), ...maybe(wholeNumber, 'size'), ...maybe(uri, 'uri')],
  ...[...maybe(any, 'derefUri', 'digest')],
];
const area = [
  ...[...one(any, 'areaDesc'), ...many('*', polygon, 'polygon'), ...many('*', circle, 'circle')],
  ...[...many('*', pair, 'geocode'), ...maybe(decimal, 'altitude', 'ceiling')],
];
const info = [
  ...maybe(language, 'language'),
  ...many(
    '+',
    oneOf(
      'Geo',
      'Met',
      'Safety',
      'Security',
      'Rescue',
      'Fire',
      'Health',
      'Env',
      'Transport',
      'Infra',
      'CBRNE',
      'Other',
    ),
    'category',
  ),
  ...one(said, 'event'),
  ...many(
    '*',
    oneOf('Shelter', 'Evacuate', 'Prepare', 'Execute', 'Avoid', 'Monitor', 'Assess', 'AllClear', 'None'),
    'responseType',
  ),
  ...one(oneOf('Immediate', 'Expected', 'Future', 'Past', 'Unknown'), 'urgency'),
  ...one(oneOf('Extreme', 'Severe', 'Moderate', 'Minor', 'Unknown'), 'severity'),
  ...one(oneOf('Observed', 'Likely', 'Possible', 'Unlikely', 'Unknown'), 'certainty'),
  ...[...maybe(any, 'audience'), ...many('*', pair, 'eventCode'), ...maybe(time, 'effective', 'onset', 'expires')],
  ...[
    ...maybe(any, 'senderName', 'headline', 'description', 'instruction'),
    ...maybe(uri, 'web'),
    ...maybe(any, 'contact'),
  ],
  ...[...many('*', pair, 'parameter'), ...many('*', resource, 'resource'), ...many('*', area, 'area')],
];
const alert = [
  ...[...one(name, 'identifier', 'sender'), ...one(time, 'sent')],
  ...one(oneOf('Actual', 'Exercise', 'System', 'Test', 'Draft'), 'status'),
  ...one(oneOf('Alert', 'Update', 'Cancel', 'Ack', 'Error'), 'msgType'),
  ...[...maybe(any, 'source'), ...one(oneOf('Public', 'Restricted', 'Private'), 'scope')],
  ...[...maybe(said, 'restriction', 'addresses'), ...many('*', any, 'code'), ...maybe(any, 'note')],
  ...[...maybe(references, 'references'), ...maybe(said, 'incidents'), ...many('*', info, 'info')],
];

/** What is wrong with a CAP message, in words; empty: nothing that can be seen without knowing what it is about. */
export function checkCap(text: string): readonly string[] {
  try {
    const root = readXml(text);
    if (root.name !== 'alert' || root.space !== capSpace)
      return [`the document is <${root.name}> of "${root.space}"; must be <alert> of ${capSpace}`];
    const wrong = judged(root, alert, 'alert');
    return wrong.length > 0 ? wrong : [...conditions(root), ...altitudes(root)];
  } catch (error) {
    if (!isFault(error)) throw error;
    return [error.message];
  }
}

function judged(node: XmlNode, rules: readonly Rule[], where: string): string[] {
  const stray = node.children.some((child) => typeof child === 'string' && child.trim() !== '');
  const wrong: string[] = stray ? [`${where} holds text beside its elements`] : [];
  // The schema lets a signature follow at the end of the message, and nothing else of another namespace.
  const all = elementsOf(node);
  const signed = where === 'alert' ? all.findIndex(({ space }) => space === signatureSpace) : -1;
  const [own, behind] = signed < 0 ? [all, []] : [all.slice(0, signed), all.slice(signed)];
  wrong.push(
    ...behind
      .filter(({ space }) => space !== signatureSpace)
      .map(({ name: of }) => `${where}/${of} stands after the signature`),
  );
  let at = 0;
  const counts = new Map<string, number>();
  for (const child of own) {
    const place = `${where}/${child.name}`;
    const found = child.space === capSpace ? rules.findIndex((rule) => rule.name === child.name) : -1;
    const rule = rules[found];
    if (!rule) {
      wrong.push(`${place} is no element of CAP 1.2 there`);
      continue;
    }
    if (found < at) wrong.push(`${place} stands after ${rules[at]?.name}; must stand before`);
    at = Math.max(at, found);
    counts.set(child.name, (counts.get(child.name) ?? 0) + 1);
    wrong.push(...ofOne(child, rule, place));
  }
  return [...wrong, ...miscounted(rules, counts, where)];
}

const miscounted = (rules: readonly Rule[], counts: ReadonlyMap<string, number>, where: string): string[] =>
  rules.flatMap(({ name: of, times }) => {
    const count = counts.get(of) ?? 0;
    if (count === 0) return times === '1' || times === '+' ? [`${where}/${of} is missing`] : [];
    return count > 1 && (times === '1' || times === '?') ? [`${where}/${of} stands ${count} times; must once`] : [];
  });

function ofOne(child: XmlNode, { of }: Rule, place: string): string[] {
  if (typeof of !== 'function') return judged(child, of, place);
  if (elementsOf(child).length > 0) return [`${place} holds elements; must hold text`];
  const why = of(textOf(child));
  return why === null ? [] : [`${place} ${why}`];
}

const contentOf = (node: XmlNode, of: string): string | null => {
  const found = elementsOf(node).find((each) => each.name === of);
  return found ? textOf(found) : null;
};

/** 3.2.1: what stands there because of what stands elsewhere. */
function conditions(root: XmlNode): string[] {
  const [scope, type, restriction] = ['scope', 'msgType', 'restriction'].map((of) => contentOf(root, of));
  const wrong: string[] = [];
  if (scope === 'Restricted' && restriction === null)
    wrong.push('alert/restriction is missing; the scope is Restricted');
  if (scope !== 'Restricted' && restriction !== null) wrong.push(`alert/restriction is there; the scope is ${scope}`);
  if (scope === 'Private' && contentOf(root, 'addresses') === null)
    wrong.push('alert/addresses is missing; the scope is Private');
  if (type !== 'Alert' && contentOf(root, 'references') === null)
    wrong.push(`alert/references is missing; the message is one of type ${type}`);
  return wrong;
}

/** 3.2.4: a ceiling needs an altitude below it. */
const altitudes = (root: XmlNode): string[] =>
  elementsOf(root)
    .flatMap(elementsOf)
    .filter(
      (each) => each.name === 'area' && contentOf(each, 'ceiling') !== null && contentOf(each, 'altitude') === null,
    )
    .map(() => 'alert/info/area/ceiling is there without an altitude');
