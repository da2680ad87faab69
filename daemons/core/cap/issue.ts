/**
 * The CAP messages of an alert, from its revisions and what people did, told over again: nothing is remembered of what was sent, and yet the
 * same message has the same identifier, time and bytes wherever and whenever it is made. Pure.
 */
import { foldAct, untouched } from '../desk/fold.ts';
import { helpKind } from '../desk/help.ts';
import { afterRevision } from '../desk/moved.ts';
import { outward } from '../desk/outward.ts';
import type { AlertRecord } from '../ports/records.ts';
import type { Alert } from '../values/alert.ts';
import type { Act } from '../values/desk.ts';
import { type CapIssue, capName, senderOf } from './message.ts';

export interface CapHistory {
  readonly record: AlertRecord;
  /** As its box said them, in any order; none where no box raised it. */
  readonly revisions: readonly Alert[];
  /** Oldest first. */
  readonly acts: readonly Act[];
}

export interface CapWanted {
  /** Whether there is a layer of dwellings: none is told before it was held against it. */
  readonly layered: boolean;
  readonly nowMs: number;
}

/** Of gas and places. What units and boxes of the centre need themselves (a call for help, a worn card) goes to no other agency. */
export const isForOthers = ({ device, alert }: Pick<AlertRecord, 'device' | 'alert'>): boolean =>
  alert.kind !== helpKind && device !== 'centre';

type Step = (record: AlertRecord) => AlertRecord;
interface Moment {
  readonly atMs: number;
  readonly step: Step;
}

const severities = ['info', 'warning', 'critical'];

/** Oldest first; empty while nothing of it may leave the centre. */
export function capIssues(history: CapHistory, { layered, nowMs }: CapWanted): readonly CapIssue[] {
  if (!isForOthers(history.record)) return [];
  const moments = momentsOf(history)
    .filter(({ atMs }) => atMs <= nowMs)
    .toSorted((a, b) => a.atMs - b.atMs);
  const issues: CapIssue[] = [];
  let chain: CapIssue[] = [];
  // What is of a drill is so from its origin, whichever word of it came first.
  const drill = history.record.desk?.drill ?? false;
  let record: AlertRecord = { ...history.record, acknowledged: null, desk: { ...untouched, drill } };
  for (const [i, { atMs, step }] of moments.entries()) {
    record = step(record);
    // What was kept in one moment is told as one.
    if (moments[i + 1]?.atMs === atMs) continue;
    const isShown = outward(record, { layered, severities }, atMs) === 'show';
    const last = chain.at(-1);
    if (isShown && last && last.record.alert.rev === record.alert.rev) continue;
    if (!isShown && !last) continue;
    const type = isShown ? (last ? 'Update' : 'Alert') : 'Cancel';
    const references = chain.map((one) => ({ ...one, sender: senderOf(one.record) }));
    const identifier = capName(`${record.alert.id}-${record.alert.rev}-${record.desk?.acts ?? 0}`);
    const issue: CapIssue = { type, identifier: `${identifier}${suffix[type]}`, sentMs: atMs, record, references };
    issues.push(issue);
    chain = isShown ? [...chain, issue] : [];
  }
  return issues;
}
const suffix = { Alert: '', Update: '', Cancel: '-cancel' } as const;

function momentsOf({ record, revisions, acts }: CapHistory): readonly Moment[] {
  const { raisedMs, changedMs, acknowledged } = record;
  const moments: Moment[] = [];
  let atMs = raisedMs;
  const known = new Set<number>();
  for (const alert of [...revisions, record.alert].toSorted((a, b) => a.rev - b.rev)) {
    if (known.has(alert.rev)) continue;
    known.add(alert.rev);
    // What a box claims of the time is believed between the centre's own two moments.
    const claimed = alert.at.synced && moments.length > 0 ? alert.at.wallMs : atMs;
    atMs = Math.max(atMs, Math.min(claimed, Math.max(raisedMs, changedMs)));
    moments.push({ atMs, step: (before) => revised(before, alert) });
  }
  const firstSeen = acts.find(({ deed }) => deed.what === 'acknowledge') ?? acknowledged;
  if (firstSeen) {
    const { by, atMs: seenMs } = firstSeen;
    moments.push({ atMs: seenMs, step: (before) => ({ ...before, acknowledged: { by, atMs: seenMs } }) });
  }
  for (const act of acts) {
    const self = record.alert.id;
    moments.push({
      atMs: act.atMs,
      step: (before) => judgedOf(revisions, act, { ...before, desk: foldAct(before.desk ?? untouched, act, self) }),
    });
    // It ends by itself, whether or not the clock has said so.
    if (act.deed.what === 'shelve') moments.push({ atMs: act.deed.untilMs, step: (before) => ({ ...before }) });
  }
  return moments;
}

const revised = (before: AlertRecord, alert: Alert): AlertRecord => ({
  ...before,
  alert,
  ...(before.desk && { desk: afterRevision(before.desk, before.alert, alert) }),
});

/** By the times that are told a later revision may stand here already: what was judged does not speak for it. */
function judgedOf(revisions: readonly Alert[], { deed }: Act, record: AlertRecord): AlertRecord {
  if (deed.what !== 'judge' || deed.rev >= record.alert.rev) return record;
  const then = revisions.find(({ rev }) => rev === deed.rev);
  return then ? revised({ ...record, alert: then }, record.alert) : record;
}
