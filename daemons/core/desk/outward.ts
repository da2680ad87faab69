/** What of an alert may leave the centre towards those who act, and whether it should still be seen there. Pure. */

import type { AlertRecord } from '../ports/records.ts';
import { isHeldBack, isOpen } from './standing.ts';

export interface Wanted {
  /** Whether there is a layer of dwellings against which each alert is held before it leaves. */
  readonly layered: boolean;
  readonly sites?: readonly string[] | undefined;
  readonly severities: readonly string[];
}

/**
 * `silent`: it is none of those that go this way. `erase`: it is over, resolved, shelved, a duplicate or held back: whoever shows it must
 * not any more.
 */
export function outward(record: AlertRecord, { layered, sites, severities }: Wanted, nowMs: number): Outward {
  const { alert, desk, site } = record;
  if (sites && !sites.includes(site)) return 'silent';
  if (!severities.includes(alert.severity)) return 'silent';
  if (isHeldBack(record, layered)) return 'erase';
  if (desk?.duplicateOf) return 'erase';
  if (!isOpen(record)) return 'erase';
  return desk?.shelved && desk.shelved.untilMs > nowMs ? 'erase' : 'show';
}
export type Outward = 'show' | 'erase' | 'silent';
