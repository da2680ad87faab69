import type { Alert } from '../values/alert.ts';

/**
 * Whether a revision is a mark that was put on what was said before, and no decision of the line: a failed check gives alerts their
 * next revision with the moment of the last one. The line's own revisions are always of a later moment.
 */
export const isMark = (alert: Alert, before: Alert | undefined): boolean =>
  before !== undefined &&
  alert.flags.includes('check-failed') &&
  alert.at.boot === before.at.boot &&
  alert.at.monoNs === before.at.monoNs;
