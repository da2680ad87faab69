import type { Step } from '../core/flow/scan.ts';
import type { Alert } from '../core/values/alert.ts';
import { certaintyOf } from '../core/values/claims.ts';
import type { Where } from '../core/values/detection.ts';
import type { Doubt } from '../core/values/doubt.ts';
import { type Flag, joinFlags } from '../core/values/flags.ts';
import type { Stamp } from '../core/values/stamp.ts';
import type { Judgement } from './detect.ts';
import { claimOf } from './detection/claim.ts';

export interface AlertOptions {
  readonly device: string;
  readonly where: Where | null;
  /** How often an alert that goes on says so. */
  readonly heldEveryMs: number;
}

/** The open alert of each kind. Plain JSON: committed with every alert, recalled after a restart. */
export interface AlertState {
  readonly [kind: string]: Open;
}

/** An alert that is not over. */
export interface Open {
  readonly id: string;
  readonly rev: number;
  readonly since: Stamp;
  readonly peak: number;
  readonly saidMs: number;
  /** What was put on it from outside the line, and stays on it to its end. */
  readonly marks?: readonly Flag[] | undefined;
  /** Why it is marked. */
  readonly doubts?: readonly Doubt[] | undefined;
}

/**
 * The life of an alert: raised, held at intervals, cleared. The id is made of device, kind, boot and moment, so that the
 * same input always gives the same id, on a replay too; a restart goes on with the id it recalls and the next revision.
 */
export function alert(options: AlertOptions): Step<AlertState, Judgement, Alert> {
  return (state, judgement) => {
    const { rule, look, active } = judgement;
    const open = state[rule.kind];
    const score = look.score ?? open?.peak ?? 0;
    if (!open) {
      if (!active || look.score === null) return [state];
      const { at } = look;
      const id = `${options.device}.${rule.kind}.${at.boot.slice(0, 8)}.${at.monoNs.toString(36)}`;
      const raised: Open = { id, rev: 1, since: at, peak: score, saidMs: at.wallMs };
      return [{ ...state, [rule.kind]: raised }, alertOf('raised', raised, judgement, options)];
    }
    const peak = Math.max(open.peak, look.score ?? open.peak);
    if (!active) {
      const { [rule.kind]: _over, ...rest } = state;
      return [rest, alertOf('cleared', { ...open, rev: open.rev + 1, peak }, judgement, options)];
    }
    // A wall clock that was set back must not silence the heartbeat of an alert.
    const due = look.at.wallMs - open.saidMs >= options.heldEveryMs || look.at.wallMs < open.saidMs;
    if (!due) return [peak === open.peak ? state : { ...state, [rule.kind]: { ...open, peak } }];
    const held: Open = { ...open, rev: open.rev + 1, peak, saidMs: look.at.wallMs };
    return [{ ...state, [rule.kind]: held }, alertOf('held', held, judgement, options)];
  };
}

const budgeted = ({ budgetPerHour }: Judgement['rule']): string =>
  budgetPerHour === undefined ? '' : `; ${budgetPerHour} false alarms per hour expected`;

function alertOf(condition: Alert['condition'], open: Open, judgement: Judgement, options: AlertOptions): Alert {
  const { rule, look, grounds } = judgement;
  const claim = grounds && claimOf(rule.gas ?? null, grounds);
  const marked = joinFlags(look.flags, open.marks ?? []);
  return {
    id: open.id,
    rev: open.rev,
    kind: rule.kind,
    family: rule.family,
    severity: rule.severity,
    condition,
    certainty: certaintyOf(
      claim?.certainty ?? 'indication',
      look.evidence.reduce((all, { flags }) => joinFlags(all, flags), marked),
    ),
    at: look.at,
    since: open.since,
    because: {
      rule: `${rule.kind}: on at ${rule.on} for ${rule.raiseAfter}, off at ${rule.off} for ${rule.clearAfter}${budgeted(rule)}${claim ? `; ${claim.words.join('; ')}` : ''}`,
      score: look.score ?? open.peak,
      peak: open.peak,
      threshold: rule.on,
      model: look.model,
      evidence: look.evidence,
    },
    where: options.where,
    expiresMs: look.at.wallMs + 3 * options.heldEveryMs,
    flags: marked,
    ...(open.doubts ? { doubts: open.doubts } : {}),
  };
}

/** The open alerts after others than the line gave them revisions: the line goes on with the next one, with the mark and its reason. */
export function revised(state: AlertState, alerts: readonly Alert[], mark: Flag): AlertState {
  const given = new Map(alerts.map((one) => [one.id, one]));
  const entries = Object.entries(state).map(([kind, open]): [string, Open] => {
    const one = given.get(open.id);
    if (one === undefined) return [kind, open];
    const marks = [...new Set([...(open.marks ?? []), mark])];
    return [kind, { ...open, rev: Math.max(open.rev, one.rev), marks, doubts: one.doubts }];
  });
  return Object.fromEntries(entries);
}
