/** What follows from what was done with an alert. */
import type { AlertRecord } from '../ports/records.ts';
import { isBeyond } from './moved.ts';

/**
 * Whether people still have to do something about it: not resolved, no duplicate, and not both over and seen. One that was
 * given to a unit waits for the unit's word, though the gas is gone.
 */
export function isOpen({ alert, acknowledged, desk }: AlertRecord): boolean {
  if (desk?.resolved || desk?.duplicateOf) return false;
  return alert.condition !== 'cleared' || acknowledged === null || (desk?.assigned ?? null) !== null;
}

/**
 * Whether patrols may not see it: its region touches a dwelling and no supervisor released it, or there is a layer of
 * dwellings (`layered`) and it was not held against it yet, or came further since than what was held against it. A warning of danger for the crew is never held back.
 */
export function isHeldBack({ alert, desk }: AlertRecord, layered: boolean): boolean {
  if (alert.family === 'safety') return false;
  const dwelling = desk?.dwelling ?? null;
  if (!dwelling) return layered;
  if (layered && isBeyond(dwelling)) return true;
  return dwelling.touches.length > 0 && dwelling.released === null;
}

/** Whether that unit has to do with it: it was given to it, or told to it. */
export const isFor = ({ desk }: AlertRecord, unit: string): boolean =>
  desk?.assigned === unit || (desk?.told?.some((one) => one.unit === unit) ?? false);
