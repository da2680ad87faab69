/** Which rule an alert falls under. Pure. */
import { touches } from '../desk/ground.ts';
import { regionOf } from '../desk/region.ts';
import type { AlertRecord } from '../ports/records.ts';
import type { DeliveryRule } from './delivery.ts';
import { isWithin, lookAgainMs } from './hours.ts';

/** Whether one pattern of a rule takes a kind; `vapour.*` takes `vapour.ammonia` and `vapour` itself. */
export const takesKind = (pattern: string, kind: string): boolean =>
  pattern.endsWith('.*') ? kind === pattern.slice(0, -2) || kind.startsWith(pattern.slice(0, -1)) : kind === pattern;

/** What a drill plays: its kind without the word that says that it is one. */
const playedKind = (kind: string): string => kind.replace(/^drill\./, '');

/** All but the hours. An alert without a place touches no area. */
export function fits({ severities, kinds, sites, area, drills }: DeliveryRule, record: AlertRecord): boolean {
  const { alert, site, desk } = record;
  if (desk?.drill && !drills) return false;
  if (!severities.includes(alert.severity)) return false;
  const kind = desk?.drill ? playedKind(alert.kind) : alert.kind;
  if (kinds && !kinds.some((one) => takesKind(one, kind))) return false;
  if (sites && !sites.includes(site)) return false;
  if (!area) return true;
  const region = regionOf(alert);
  return region !== null && area.grounds.some((one) => touches(region, one));
}

export interface Match {
  readonly rule: DeliveryRule | null;
  /** Where no rule takes it at that hour and one would at another: when to look again. */
  readonly lookMs: number | null;
}

export function matchOf(record: AlertRecord, rules: readonly DeliveryRule[], atMs: number): Match {
  const fitting = rules.filter((one) => fits(one, record));
  const rule = fitting.find(({ hours }) => hours === null || isWithin(hours, atMs)) ?? null;
  const looks = fitting.flatMap(({ hours }) => (hours ? [lookAgainMs(hours, atMs)] : []));
  return { rule, lookMs: rule || looks.length === 0 ? null : Math.min(...looks) };
}
