/** What the clock and the rules of the centre do with an alert. Pure: the same from two consoles is done once. */
import type { AlertRecord } from '../ports/records.ts';
import type { Deed, Rule } from '../values/desk.ts';
import type { Dwellings } from './dwellings.ts';
import { untouched } from './fold.ts';
import { clearanceOf, isBeyond } from './moved.ts';
import type { DeskPolicy } from './policy.ts';
import { regionOf } from './region.ts';

/** The centre's own name in the log of acts. */
export const centre = 'centre';

/** Moments at which an alert reaches its levels of escalation; none where somebody has it in hand. */
function levelsOf(
  { alert, raisedMs, acknowledged, desk = untouched }: AlertRecord,
  policy: DeskPolicy,
): readonly number[] {
  if (acknowledged || desk.resolved || desk.duplicateOf || desk.shelved) return [];
  return policy.escalate[alert.severity].map((minutes) => raisedMs + minutes * 60_000);
}

/** What is due by now: what ends by itself, and the level of escalation that is reached. */
export function dueDeeds(record: AlertRecord, nowMs: number, policy: DeskPolicy): readonly Deed[] {
  const { muted, shelved, escalated } = record.desk ?? untouched;
  const deeds: Deed[] = [];
  if (muted && muted.untilMs <= nowMs) deeds.push({ what: 'unmute' });
  if (shelved && shelved.untilMs <= nowMs) deeds.push({ what: 'unshelve' });
  const level = levelsOf(record, policy).filter((at) => at <= nowMs).length;
  if (level > (escalated?.level ?? 0)) {
    const minutes = policy.escalate[record.alert.severity][level - 1];
    deeds.push({ what: 'escalate', why: `not acknowledged for ${minutes} min`, level });
  }
  return deeds;
}

/** When something is due next; null: nothing, until the alert changes. */
export function nextDueMs(record: AlertRecord, policy: DeskPolicy): number | null {
  const { muted, shelved, escalated } = record.desk ?? untouched;
  const next = levelsOf(record, policy)[escalated?.level ?? 0];
  const all = [muted?.untilMs, shelved?.untilMs, next].filter((ms) => ms !== undefined);
  return all.length === 0 ? null : Math.min(...all);
}

/** The rule that a new alert falls under. Danger for the crew falls under none. */
export const ruleFor = ({ site, device, alert, raisedMs }: AlertRecord, rules: readonly Rule[]): Rule | undefined =>
  alert.family === 'safety'
    ? undefined
    : rules.find(
        (rule) =>
          (rule.site ?? site) === site &&
          (rule.device ?? device) === device &&
          (rule.kind ?? alert.kind) === alert.kind &&
          rule.fromMs <= raisedMs &&
          raisedMs < rule.untilMs,
      );

/** What an alert that came or changed brings with it: a rule that keeps it out of the list, dwellings that it touches. */
export function newsDeeds(
  record: AlertRecord,
  rules: readonly Rule[],
  layer: Dwellings | null,
  nowMs: number,
): readonly Deed[] {
  const { alert, desk } = record;
  const deeds: Deed[] = [];
  // Touched by nobody yet, it is new: a person who took it off the shelf is not overruled.
  const rule = desk ? undefined : ruleFor(record, rules);
  if (rule && rule.untilMs > nowMs)
    deeds.push({ what: 'shelve', reason: `${rule.reason} (rule ${rule.id} of ${rule.by})`, untilMs: rule.untilMs });
  const judged = layer && judgement(record, layer);
  if (judged) deeds.push({ what: 'judge', ...judged, rev: alert.rev });
  return deeds;
}

/** Null where the last word on it still holds: it touches what it touched, and lies where that was found. */
function judgement(
  { alert, desk }: AlertRecord,
  layer: Dwellings,
): { dwellings: readonly string[]; clearM: number } | null {
  const before = desk?.dwelling;
  if (before && before.rev >= alert.rev) return null;
  const region = regionOf(alert);
  const dwellings = region ? layer.touchedBy(region) : [];
  const holds = before?.clearM !== undefined && !isBeyond(before) && before.touches.join('\n') === dwellings.join('\n');
  return holds ? null : { dwellings, clearM: clearanceOf(region, dwellings, layer) };
}
