/** A patrol calls for help: an alert that no box raised, which everybody at the centre sees at once. Pure. */
import type { Alert } from '../values/alert.ts';
import type { Where } from '../values/detection.ts';
import type { Stamp } from '../values/stamp.ts';

export const helpKind = 'patrol.help';
/** No site and no box has this name. */
export const helpSite = 'patrols';

/** The same call has the same id, however often a phone sends it. */
export const helpId = (unit: string, key: string): string => `help-${unit}-${key}`;

/** How long a call stands without a word before it is unknown what became of it. */
const standsMs = 12 * 3_600_000;

/** `where`: where the phone was, if it knew. */
export function helpAlert(unit: string, key: string, text: string, where: Where | null, at: Stamp): Alert {
  return {
    id: helpId(unit, key),
    rev: 1,
    kind: helpKind,
    family: 'safety',
    severity: 'critical',
    condition: 'raised',
    certainty: 'corroborated',
    at,
    since: at,
    because: {
      ...{ rule: text === '' ? `${unit} calls for help` : `${unit} calls for help: ${text}` },
      ...{ score: 1, peak: 1, threshold: 1, model: null, evidence: [] },
    },
    where,
    expiresMs: at.wallMs + standsMs,
    flags: [],
  };
}
