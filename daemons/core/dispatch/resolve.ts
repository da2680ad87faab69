/** From the shape of dispatch.yaml to rules that can be used: what the shape alone cannot hold is found here, all of it at once. */

import { areaOf } from '../desk/dwellings.ts';
import type { Ground } from '../desk/ground.ts';
import type { PushedWay } from '../ports/notifier.ts';
import type { Way } from '../values/delivery.ts';
import type { Delivery, DeliveryRule, Step } from './delivery.ts';
import type { Hours } from './hours.ts';
import { takesKind } from './matching.ts';
import { type AreaSection, type DeliverySection, type HoursSection, type RuleSection, weekdays } from './section.ts';

export interface Resolving {
  /** Name of the file, for messages. */
  readonly file: string;
  /** Ways out that the file sets up. */
  readonly ways: readonly PushedWay[];
  readonly layered: boolean;
  /** The pieces of ground of a GeoJSON file, or why it cannot be used. */
  readonly readArea: (file: string) => readonly Ground[] | string;
}

/** Ways that know whom a unit is by themselves. */
const withoutContact: readonly Way[] = ['page', 'web-push'];

export interface Resolved {
  readonly delivery: Delivery;
  /** A line each, with file and path in it; where there is one nothing of `delivery` may be used. */
  readonly mistakes: readonly string[];
}

export function resolveDelivery(section: DeliverySection, parts: Resolving): Resolved {
  const mistakes: string[] = [];
  const wrong: Wrong = (at, why) => void mistakes.push(`${parts.file} ${at}: ${why}`);
  const areas = new Map(
    Object.entries(section.areas).map(([name, area]) => [name, groundsOf(`areas.${name}`, area, parts, wrong)]),
  );
  for (const [name, unit] of Object.entries(section.units))
    for (const [i, { way }] of unit.given.entries())
      requireWay(`units.${name}.given.${i}.way`, { unit: name, way }, section, parts, wrong);
  requireNames(section.rules, wrong);
  for (const [i, rule] of section.rules.entries()) requireChain(`rules.${i}`, rule, section, parts, wrong);
  for (const [i, { name, area }] of section.rules.entries())
    if (area !== undefined && !areas.has(area))
      wrong(`rules.${i}.area`, `is ${area}; must be one of areas${namesOf(areas.keys())}; ${name} would match nothing`);
  const rules = section.rules.map((one) => ruleOf(one, areas.get(one.area ?? '') ?? []));
  for (const [i, j] of shadowedIn(rules))
    wrong(
      `rules.${j}`,
      `${rules[j]?.name} can never match: rules.${i} (${rules[i]?.name}) takes all that it would; put it before, or leave it out`,
    );
  return { delivery: deliveryOf(section, rules, parts), mistakes };
}

type Wrong = (at: string, why: string) => void;
const namesOf = (names: Iterable<string>): string => {
  const all = [...names];
  return all.length === 0 ? ' (there is none)' : ` (${all.join(', ')})`;
};

function groundsOf(at: string, area: AreaSection, { readArea }: Resolving, wrong: Wrong): readonly Ground[] {
  if ('rings' in area) return [areaOf(area.rings)];
  const grounds = readArea(area.file);
  if (typeof grounds === 'string') wrong(`${at}.file`, grounds);
  else if (grounds.length === 0) wrong(`${at}.file`, `${area.file} has no ground in it; must have a polygon at least`);
  return typeof grounds === 'string' ? [] : grounds;
}

function requireNames(rules: readonly RuleSection[], wrong: Wrong): void {
  const seen = new Map<string, number>();
  for (const [i, { name }] of rules.entries()) {
    const before = seen.get(name);
    if (before !== undefined) wrong(`rules.${i}.name`, `is ${name}, as that of rules.${before}; must be another`);
    else seen.set(name, i);
  }
}

function requireChain(
  at: string,
  { chain }: RuleSection,
  section: DeliverySection,
  parts: Resolving,
  wrong: Wrong,
): void {
  if (chain.every(({ way }) => way === 'web-push'))
    wrong(
      `${at}.chain`,
      "is web-push alone, which goes through others' servers; must have a way of one's own as well, such as page or ntfy",
    );
  for (const [i, step] of chain.entries()) {
    const here = `${at}.chain.${i}`;
    if (!Object.hasOwn(section.units, step.unit))
      wrong(`${here}.unit`, `is ${step.unit}; must be one of units${namesOf(Object.keys(section.units))}`);
    else requireWay(`${here}.way`, step, section, parts, wrong);
    const isLast = i === chain.length - 1;
    if (step.until === 'acknowledged') continue;
    if (isLast)
      wrong(
        `${here}.until`,
        `is ${step.until}, and it is the last step; must be acknowledged: the chain has no other end`,
      );
    else if (!chain.slice(i + 1).some(({ unit }) => unit === step.unit))
      wrong(
        `${here}.until`,
        `is ${step.until}, which leaves later steps to ${step.unit} out, and there is none; must be acknowledged`,
      );
  }
}

function requireWay(
  at: string,
  { unit, way }: Pick<Step, 'unit' | 'way'>,
  { units }: DeliverySection,
  { ways }: Resolving,
  wrong: Wrong,
): void {
  if (way !== 'page' && !ways.includes(way))
    wrong(at, `is ${way}, which is not set up; must be page or one of ways${namesOf(ways)}`);
  if (withoutContact.includes(way)) return;
  const contacts: Readonly<Partial<Record<string, string>>> = units[unit]?.contacts ?? {};
  if (contacts[way] === undefined)
    wrong(at, `is ${way}, and units.${unit}.contacts.${way} is missing; must say where ${unit} is reached that way`);
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const hoursOf = ({ from, to, zone, days }: HoursSection): Hours => ({
  fromMin: minutesOf(from),
  toMin: minutesOf(to),
  zone,
  days: days?.map((day) => weekdays.indexOf(day)) ?? null,
});

const ruleOf = (rule: RuleSection, grounds: readonly Ground[]): DeliveryRule => ({
  name: rule.name,
  severities: rule.severities,
  kinds: rule.kinds ?? null,
  sites: rule.sites ?? null,
  area: rule.area === undefined ? null : { name: rule.area, grounds },
  hours: rule.hours ? hoursOf(rule.hours) : null,
  drills: rule.drills,
  chain: rule.chain.map(({ waitS, ...step }) => ({ ...step, waitMs: waitS * 1000 })),
});

/** Pairs of a rule and a later one that never has its turn. */
function shadowedIn(rules: readonly DeliveryRule[]): readonly (readonly [number, number])[] {
  return rules.flatMap((late, j) => {
    const i = rules.slice(0, j).findIndex((early) => takesAll(early, late));
    return i < 0 ? [] : [[i, j] as const];
  });
}

function takesAll(early: DeliveryRule, late: DeliveryRule): boolean {
  const covers = (wide: readonly string[] | null, narrow: readonly string[] | null): boolean =>
    wide === null || (narrow?.every((one) => wide.includes(one)) ?? false);
  const kinds =
    early.kinds === null ||
    (late.kinds?.every((one) => early.kinds?.some((wide) => takesPattern(wide, one)) ?? false) ?? false);
  return (
    covers(early.severities, late.severities) &&
    kinds &&
    covers(early.sites, late.sites) &&
    (early.area === null || early.area.name === late.area?.name) &&
    (early.hours === null || JSON.stringify(early.hours) === JSON.stringify(late.hours)) &&
    (early.drills || !late.drills)
  );
}

const takesPattern = (wide: string, one: string): boolean =>
  one.endsWith('.*') ? wide.endsWith('.*') && takesKind(wide, one.slice(0, -2)) : takesKind(wide, one);

function deliveryOf(section: DeliverySection, rules: readonly DeliveryRule[], { layered }: Resolving): Delivery {
  const { flood } = section;
  const units = Object.entries(section.units).map(([name, { language, contacts, given }]) => {
    const steps = given.map(({ way, waitS }) => ({ way, waitMs: waitS * 1000 }));
    return [name, { name, language, contacts, given: steps }] as const;
  });
  return {
    origin: section.origin ?? null,
    units: new Map(units),
    rules,
    flood: { most: flood.most, windowMs: flood.windowS * 1000, gatherMs: flood.gatherS * 1000 },
    sendMs: section.sendS * 1000,
    layered,
  };
}
