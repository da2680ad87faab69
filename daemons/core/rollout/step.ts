/** What comes of a rollout when the fleet is looked at. Pure: who drives it keeps the state before anything is told to a box. */
import type { Reported } from '../twin/reported.ts';
import { type BoxState, ended, type Mode, type Note, type Phase, type Plan, type Rollout } from './plan.ts';

/** What is seen of a box. */
export interface Seen {
  readonly online: boolean;
  /** Version that stands at twin/desired; 0: none. */
  readonly desired: number;
  readonly reported: Pick<Reported, 'desired' | 'phase' | 'inForce' | 'reasons'> | null;
}
export const unseen: Seen = { online: false, desired: 0, reported: null };

const onWay: readonly Phase[] = ['sent', 'waiting', 'on-trial', 'applied'];
const over = (phase: Phase): boolean => (ended as readonly Phase[]).includes(phase);
const minuteMs = 60_000;

/** One look at the fleet: the rollout after it, and what is new. */
export function looked(
  rollout: Rollout,
  seenOf: (box: string) => Seen,
  nowMs: number,
): readonly [Rollout, readonly Note[]] {
  const { plan } = rollout;
  const boxes: Record<string, BoxState> = {};
  for (const [name, state] of Object.entries(rollout.boxes))
    boxes[name] = followed(name, state, seenOf(name), plan, nowMs);
  let next: Rollout = { ...rollout, boxes };
  next = judged(next);
  next = { ...next, boxes: takenBack(next, nowMs) };
  next = told(next, seenOf, nowMs);
  next = concluded(next);
  return [next, notesOf(rollout, next)];
}

const to = (state: BoxState, phase: Phase, reasons: readonly string[], nowMs: number): BoxState =>
  phase === state.phase && reasons.join('\n') === state.reasons.join('\n')
    ? state
    : { ...state, phase, reasons, sinceMs: phase === state.phase ? state.sinceMs : nowMs };

function followed(name: string, before: BoxState, seen: Seen, plan: Plan, nowMs: number): BoxState {
  if (over(before.phase)) return before;
  const awayMs = seen.online ? 0 : before.awayMs || nowMs;
  const state = awayMs === before.awayMs ? before : { ...before, awayMs };
  const { forward, back } = plan.versions[name] ?? { forward: 0, back: 0 };
  if (seen.desired > back || (seen.desired > forward && state.phase !== 'taken-back'))
    return to(state, 'superseded', [`desired state ${seen.desired} was set by somebody else`], nowMs);
  if (state.phase === 'queued') return state;
  if (state.phase === 'taken-back') return afterBack(state, seen, back, nowMs);
  // What was decided and not said yet: it counts from when it stands at the broker.
  if (seen.desired < forward) return { ...state, sinceMs: nowMs };
  return afterTold(state, seen, forward, plan, nowMs);
}

function afterBack(state: BoxState, { reported }: Seen, back: number, nowMs: number): BoxState {
  if (!reported || reported.desired < back) return state;
  if (reported.phase === 'in-force' && reported.inForce === back) return to(state, 'back', [], nowMs);
  const bad = reported.desired === back && (reported.phase === 'reverted' || reported.phase === 'refused');
  return to(state, bad ? 'back-failed' : 'taken-back', reported.reasons, nowMs);
}

/** A reason that the box gives for its wait begins with this word already. */
const waits = (reasons: readonly string[]): readonly string[] =>
  reasons.map((one) => (one.startsWith('waits') ? one : `waits: ${one}`));

function afterTold(state: BoxState, seen: Seen, forward: number, plan: Plan, nowMs: number): BoxState {
  const { reported } = seen;
  const silentMs = plan.silentS * 1000;
  const says = reported?.desired === forward ? reported.phase : null;
  const why = reported?.reasons ?? [];
  if (says === 'reverted' || says === 'refused') return to(state, 'failed', [`${says}: ${why.join('; ')}`], nowMs);
  if (state.awayMs > 0 && nowMs - state.awayMs >= silentMs)
    return to(state, 'failed', [`silent: not connected for ${plan.silentS} s since it was told`], nowMs);
  if (reported?.inForce === forward && reported.phase === 'in-force') return steadied(state, seen.online, plan, nowMs);
  if (state.phase === 'applied')
    return to(state, 'failed', ['it was in force and is not any more, though nobody asked for that'], nowMs);
  if (says === 'waiting' || says === 'fetching') return to(state, 'waiting', waits(why), nowMs);
  if (says === 'on-trial' && state.phase !== 'on-trial') return to(state, 'on-trial', [], nowMs);
  if (state.phase !== 'waiting' && nowMs - state.sinceMs >= silentMs)
    return to(state, 'failed', [`silent: says nothing of the change for ${plan.silentS} s`], nowMs);
  return state;
}

/** Only what was seen without a break counts. */
function steadied(state: BoxState, online: boolean, plan: Plan, nowMs: number): BoxState {
  if (state.phase !== 'applied') return to(state, 'applied', [], nowMs);
  if (!online) return { ...state, sinceMs: nowMs };
  return nowMs - state.sinceMs >= plan.steadyS * 1000 ? to(state, 'steady', [], nowMs) : state;
}

const failuresOf = ({ boxes, forgiven }: Rollout): number =>
  Object.values(boxes).filter(({ phase }) => phase === 'failed').length - forgiven;

/** Stops where too much failed. */
function judged(rollout: Rollout): Rollout {
  const { plan, boxes, mode } = rollout;
  if (mode !== 'running' && mode !== 'paused') return rollout;
  const failures = failuresOf(rollout);
  if (failures <= 0) return rollout;
  const canary = plan.waves[0]?.find((one) => boxes[one]?.phase === 'failed');
  const reason =
    canary !== undefined && rollout.forgiven === 0
      ? `canary ${canary}: ${boxes[canary]?.reasons.join('; ')}`
      : `${failures} boxes failed; ${plan.stopAt} stop it`;
  if (failures < plan.stopAt && (canary === undefined || rollout.forgiven > 0)) return rollout;
  return { ...rollout, mode: plan.onStop === 'back' ? 'backing' : 'stopped', reason };
}

/** After a stop nothing that was told may still be tried; on the way back all that were told go back. */
function takenBack({ mode, boxes, reason }: Rollout, nowMs: number): Rollout['boxes'] {
  if (mode !== 'stopped' && mode !== 'backing') return boxes;
  const goes = (phase: Phase): boolean =>
    phase === 'sent' || phase === 'waiting' || (mode === 'backing' && [...onWay, 'steady', 'failed'].includes(phase));
  return Object.fromEntries(
    Object.entries(boxes).map(([name, state]) => [
      name,
      goes(state.phase) ? to(state, 'taken-back', [reason], nowMs) : state,
    ]),
  );
}

/** Tells the next boxes, within the rate, where the waves before are through. */
function told(rollout: Rollout, seenOf: (box: string) => Seen, nowMs: number): Rollout {
  const { plan } = rollout;
  const recent = rollout.told.filter((at) => nowMs - at < minuteMs && at <= nowMs);
  if (rollout.mode !== 'running') return { ...rollout, told: recent };
  const boxes: Record<string, BoxState> = { ...rollout.boxes };
  let busy = Object.values(boxes).filter(({ phase }) => onWay.includes(phase)).length;
  const sent = [...recent];
  const held = (name: string, gate: string): string => {
    if (gate !== '') return gate;
    if (!seenOf(name).online) return 'it is not connected';
    if (sent.length >= plan.perMinute) return `${plan.perMinute} a minute at the most`;
    return busy >= plan.atOnce ? `${plan.atOnce} at once at the most` : '';
  };
  let gate = '';
  for (const [i, wave] of plan.waves.entries()) {
    for (const name of wave) {
      const state = boxes[name];
      if (state?.phase !== 'queued') continue;
      const why = held(name, gate);
      boxes[name] = why === '' ? to(state, 'sent', [], nowMs) : to(state, 'queued', [`waits: ${why}`], nowMs);
      if (why !== '') continue;
      sent.push(nowMs);
      busy += 1;
    }
    gate ||= gateAfter(i, wave, boxes);
  }
  return { ...rollout, boxes, told: sent };
}

/** Why the wave after this one may not begin; '' when it may. A box that was never there holds up nobody but as a canary. */
function gateAfter(i: number, wave: readonly string[], boxes: Readonly<Record<string, BoxState>>): string {
  const phaseOf = (name: string): Phase => boxes[name]?.phase ?? 'queued';
  const of = i === 0 ? 'canary' : `wave ${i + 1}:`;
  const open = wave.find(
    (name) => !over(phaseOf(name)) && (i === 0 || phaseOf(name) !== 'queued' || !boxes[name]?.awayMs),
  );
  if (open !== undefined) return `${of} ${open} is ${phaseOf(open)}`;
  if (i > 0) return '';
  const bad = wave.find((name) => phaseOf(name) !== 'steady' && phaseOf(name) !== 'superseded');
  if (bad !== undefined) return `${of} ${bad} is ${phaseOf(bad)}`;
  return wave.some((name) => phaseOf(name) === 'steady') ? '' : 'no canary carries the change';
}

function concluded(rollout: Rollout): Rollout {
  const phases = Object.values(rollout.boxes).map(({ phase }) => phase);
  if (rollout.mode === 'running' && phases.every(over))
    return { ...rollout, mode: 'done', reason: 'every box had its turn' };
  const turned = (phase: Phase): boolean => phase === 'queued' || over(phase);
  if (rollout.mode === 'backing' && phases.every(turned))
    return { ...rollout, mode: 'back', reason: `every box that was told was taken back: ${rollout.reason}` };
  return rollout;
}

function notesOf(before: Rollout, after: Rollout): readonly Note[] {
  const notes: Note[] = [];
  for (const [name, { phase, reasons }] of Object.entries(after.boxes))
    if (phase !== before.boxes[name]?.phase) notes.push({ box: name, what: phase, why: reasons.join('; ') });
  if (after.mode !== before.mode) notes.push({ box: null, what: after.mode satisfies Mode, why: after.reason });
  return notes;
}

/** After a time in which nobody looked: what is held against a box, or for it, is counted from now on. */
export function watchedAgain(rollout: Rollout, nowMs: number): Rollout {
  const boxes = Object.entries(rollout.boxes).map(([name, state]) => [
    name,
    onWay.includes(state.phase) ? { ...state, sinceMs: nowMs, awayMs: 0 } : state,
  ]);
  return { ...rollout, boxes: Object.fromEntries(boxes) };
}

export interface Unsaid {
  readonly box: string;
  readonly side: 'forward' | 'back';
}

/** What is to stand at twin/desired and does not: it is said again after a restart in between. */
export function unsaid({ plan, boxes }: Rollout, seenOf: (box: string) => Seen): readonly Unsaid[] {
  return Object.entries(boxes).flatMap(([box, { phase }]): readonly Unsaid[] => {
    const { forward, back } = plan.versions[box] ?? { forward: 0, back: 0 };
    const { desired } = seenOf(box);
    if (phase === 'taken-back') return desired < back ? [{ box, side: 'back' }] : [];
    return onWay.includes(phase) && desired < forward ? [{ box, side: 'forward' }] : [];
  });
}
