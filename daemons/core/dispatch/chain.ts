/**
 * What is to be done now for one alert, and when it has to be looked at next. Pure, from the record alone: a dispatcher that starts
 * anew, or a second one, comes to the same.
 *
 * - A step is taken when its time has come: at once the first, then each `waitMs` after the one before was sent, at once where sending failed.
 * - A step that was claimed and has no outcome is not taken again: its wait runs from the claim.
 * - A step is left out, its wait is not, where an earlier step to the same unit had the word that it asks for (`until`).
 * - Whoever acknowledges, resolves, shelves or links the alert stops the chain; that it cleared does not.
 */
import { helpKind } from '../desk/help.ts';
import { isHeldBack } from '../desk/standing.ts';
import { toldOf, triedOf } from '../desk/told.ts';
import type { AlertRecord } from '../ports/records.ts';
import { apart, type Told, type Way } from '../values/delivery.ts';
import type { Deed } from '../values/desk.ts';
import type { Delivery, Step } from './delivery.ts';
import { matchOf } from './matching.ts';

export interface Telling {
  readonly unit: string;
  readonly way: Way;
  readonly step: number;
}

export interface Plan {
  readonly tell: readonly Telling[];
  /** Chains that came to their end without an acknowledgement, where that is not said yet. */
  readonly over: readonly ChainOver[];
  /** Unix ms; null: not before the record changes. */
  readonly lookMs: number | null;
}
export type ChainOver = Extract<Deed, { what: 'chain-over' }>;

const nothing: Plan = { tell: [], over: [], lookMs: null };

export function planOf(record: AlertRecord, delivery: Delivery, nowMs: number): Plan {
  const { desk } = record;
  if (isHeldBack(record, delivery.layered)) return nothing;
  const ended = { ...nothing, tell: endedOf(record, delivery) };
  if (desk?.resolved || desk?.duplicateOf) return ended;
  if (desk?.shelved && desk.shelved.untilMs > nowMs) return { ...ended, lookMs: desk.shelved.untilMs };
  const plans = [ended, givenPlan(record, delivery, nowMs), rulePlan(record, delivery, nowMs)];
  const looks = plans.flatMap(({ lookMs }) => (lookMs === null ? [] : [lookMs]));
  return {
    tell: onceEach(plans.flatMap(({ tell }) => tell)),
    over: plans.flatMap(({ over }) => over),
    lookMs: looks.length === 0 ? null : Math.min(...looks),
  };
}

/** By hand and by rule at one moment: the first is enough, and the other is looked at again when it is known what came of that. */
const onceEach = (all: readonly Telling[]): readonly Telling[] =>
  all.filter(({ unit, way }, i) => all.findIndex((one) => one.unit === unit && one.way === way) === i);

/** Of the rule that takes the alert. */
function rulePlan(record: AlertRecord, { rules }: Delivery, nowMs: number): Plan {
  const { acknowledged, desk, raisedMs, alert, device } = record;
  if (acknowledged || desk?.chainOver) return nothing;
  const { rule, lookMs } = matchOf(record, rules, begunMs(desk?.told) ?? nowMs);
  if (!rule) return { ...nothing, lookMs };
  const caller = alert.kind === helpKind ? device : null;
  const walked = walk({ chain: rule.chain, first: 0, fromMs: raisedMs, caller }, desk?.told, nowMs);
  return walked ?? { ...nothing, over: [{ what: 'chain-over', why: whyOver(rule.chain) }] };
}

/** What a dispatcher gave a unit by hand, whoever acknowledged it at the centre: the unit's own word ends it. */
function givenPlan({ desk, raisedMs }: AlertRecord, { units }: Delivery, nowMs: number): Plan {
  const unit = desk?.assigned == null ? undefined : units.get(desk.assigned);
  if (!unit || unit.given.length === 0) return nothing;
  const own = toldOf(desk?.told, unit.name);
  if (own?.acknowledged || own?.onScene || own?.reported || own?.unanswered) return nothing;
  const chain = unit.given.map((one) => ({ ...one, unit: unit.name, until: 'acknowledged' as const }));
  const walked = walk({ chain, first: apart.given, fromMs: raisedMs, caller: null }, desk?.told, nowMs);
  return walked ?? { ...nothing, over: [{ what: 'chain-over', why: whyOver(chain), unit: unit.name }] };
}

const inRule = (step: number): boolean => step >= 0 && step < apart.given;

/** When the chain of a rule began: by it the hours are judged, so that a chain is not changed for another on its way. */
function begunMs(told: readonly Told[] | undefined): number | null {
  const claims = (told ?? []).flatMap(({ tried }) => tried.filter(({ step }) => inRule(step)));
  return claims.length === 0 ? null : Math.min(...claims.map(({ claimedMs }) => claimedMs));
}

interface Walk {
  readonly chain: readonly Step[];
  /** Number of its first step. */
  readonly first: number;
  readonly fromMs: number;
  /** The unit that calls for help itself: it is not told of its call. */
  readonly caller: string | null;
}

/** Null: it is at its end. */
function walk({ chain, first, fromMs, caller }: Walk, told: readonly Told[] | undefined, nowMs: number): Plan | null {
  let atMs = fromMs;
  for (const [i, { unit, way, waitMs }] of chain.entries()) {
    if (unit === caller) continue;
    const telling = { unit, way, step: first + i };
    const tried = triedOf(told, telling);
    if (tried) {
      atMs = tried.state === 'failed' ? tried.atMs : tried.atMs + waitMs;
      continue;
    }
    if (atMs > nowMs) return { ...nothing, lookMs: atMs };
    const own = toldOf(told, unit);
    if (!hasItsWord(chain.slice(0, i), own) && !hasItAnyhow(telling, own)) return { ...nothing, tell: [telling] };
    atMs += waitMs;
  }
  return atMs > nowMs ? { ...nothing, lookMs: atMs } : null;
}

const hasItsWord = (before: readonly Step[], own: Told | undefined): boolean =>
  before.some(({ unit, until }) => unit === own?.unit && own?.[until] != null);

/** By hand and by rule, one way: nobody is told the same twice. */
const hasItAnyhow = ({ way, step }: Telling, own: Told | undefined): boolean =>
  own?.tried.some(
    (one) => one.way === way && one.state !== 'failed' && one.step >= 0 && inRule(one.step) !== inRule(step),
  ) ?? false;

const whyOver = (chain: readonly Step[]): string =>
  `nobody acknowledged: ${chain.map(({ unit, way }) => `${unit} by ${way}`).join(', ')}`;

/** Units that were told and not yet that it has ended: once each, by the way that reached them last. A page shows it by itself. */
function endedOf({ alert, changedMs, desk }: AlertRecord, { units }: Delivery): readonly Telling[] {
  const endedMs = desk?.resolved ? desk.resolved.atMs : alert.condition === 'cleared' ? changedMs : null;
  if (endedMs === null) return [];
  return (desk?.told ?? []).flatMap(({ unit, tried, reported }) => {
    const reached = tried.filter((one) => one.state !== 'failed' && one.way !== 'page' && one.claimedMs < endedMs);
    const [last] = reached.toSorted((a, b) => b.claimedMs - a.claimedMs);
    const said = tried.some(({ step }) => step === apart.ended);
    return !last || said || reported || !units.has(unit) ? [] : [{ unit, way: last.way, step: apart.ended }];
  });
}
