/**
 * The crew's alarms in the line: measurements of guarded gases and a person's commands to alerts and events. Each level of each gas
 * is an alert of its own, which stays `held` until a person resets it. Acknowledging at the centre changes nothing here.
 */
import type { Step } from '../../core/flow/scan.ts';
import type { Alert } from '../../core/values/alert.ts';
import { certaintyOf } from '../../core/values/claims.ts';
import type { Evidence, Where } from '../../core/values/detection.ts';
import type { BoxEvent } from '../../core/values/envelope.ts';
import { type Flag, isBlind, joinFlags } from '../../core/values/flags.ts';
import type { Measurement } from '../../core/values/measurement.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import type { Open } from '../alert.ts';
import { evidenceOf } from '../evidence-of.ts';
import { freshSafety, type Level, levelsOf, type SafetyInput, type SafetyState, safety } from './safety.ts';
import type { CrewLimit } from './section.ts';
import { stelOf } from './stel.ts';
import { commandEvent, stelEvent, type Told } from './words.ts';

export interface CrewOptions {
  readonly device: string;
  readonly where: Where | null;
  readonly heldEveryMs: number;
  readonly limits: readonly CrewLimit[];
}

interface Guarded {
  readonly safety: SafetyState;
  readonly open: Readonly<Partial<Record<Level, Open>>>;
  /** What was looked at last, as it stands in an alert. */
  readonly latest: Evidence | null;
}

/** By quantity. Plain JSON: committed with its alerts and events, recalled after a restart, part of the line's state. */
export type CrewState = Readonly<Record<string, Guarded>>;

/** A person's command to the alarm of the post, for all its gases. */
export type CrewCommand = Exclude<SafetyInput, { is: 'value' }>;

export type CrewSaid =
  | { readonly stream: 'alert'; readonly at: Stamp; readonly body: Alert }
  | { readonly stream: 'event'; readonly at: Stamp; readonly body: BoxEvent };

const fresh: Guarded = { safety: freshSafety, open: {}, latest: null };
export const guardedOf = (state: CrewState, quantity: string): Guarded => state[quantity] ?? fresh;

/** A low value of these says nothing of the air: the sensor is cold, stands still, or has other air than that of the inlet. */
const deaf: ReadonlySet<Flag> = new Set<Flag>(['warming-up', 'stuck', 'flatline', 'heater', 'instrument-fault']);

/**
 * The value that counts for the crew. A technician's gas is no gas of the post. Where nothing is measured dependably a high value
 * counts all the same, and a low one is a gap.
 */
export function countedValue({ value, flags }: Measurement, { a1, a2, stel }: CrewLimit): number | null {
  if (value === null || !Number.isFinite(value) || flags.includes('inhibited')) return null;
  const lowest = Math.min(...[a1, a2, stel].filter((one) => one !== undefined));
  return value < lowest && (isBlind(flags) || flags.some((flag) => deaf.has(flag))) ? null : value;
}

/** The step of measurements. Pure; quantities without limits are passed over. */
export function crew(options: CrewOptions): Step<CrewState, Measurement, CrewSaid> {
  const guards = new Map(options.limits.map((limit) => [limit.quantity, { limit, step: safety(limit) }]));
  return (state, one) => {
    const guard = guards.get(one.quantity);
    if (!guard) return [state];
    const { limit, step } = guard;
    const before = guardedOf(state, one.quantity);
    const [next, ...news] = step(before.safety, { is: 'value', at: one.at, value: countedValue(one, limit) });
    const { quantity } = one;
    const latest = evidenceOf(one);
    const [open, alerts] = held({ ...before, safety: next, latest }, one.at, limit, options);
    const said = news.flatMap(({ type, share = 0 }): CrewSaid[] =>
      type === 'safety-stel-known' || type === 'safety-stel-unknown'
        ? [itemOf(stelEvent(quantity, type === 'safety-stel-known', share, limit.stelShare), one.at)]
        : [],
    );
    return [{ ...state, [quantity]: { safety: next, open, latest } }, ...said, ...alerts];
  };
}

/** The state after a command, and what is said of it: alerts that it ends, and who gave it. */
export function commanded(
  state: CrewState,
  command: CrewCommand,
  options: CrewOptions,
): readonly [CrewState, readonly Alert[], Told] {
  const { at } = command;
  const alerts: Alert[] = [];
  const told = options.limits.map(({ quantity }) => ({ quantity, released: [] as Level[], over: [] as Level[] }));
  const next = { ...state };
  options.limits.forEach((limit, i) => {
    const before = guardedOf(state, limit.quantity);
    const [safe] = safety(limit)(before.safety, command);
    const released = levelsOf(before.safety).filter((level) => !levelsOf(safe).includes(level));
    const ended = released.flatMap((level): Alert[] => {
      const open = before.open[level];
      const last = { ...before, safety: safe };
      return open ? [alertOf('cleared', level, { ...open, rev: open.rev + 1 }, last, at, limit, options)] : [];
    });
    alerts.push(...ended);
    const kept = Object.fromEntries(Object.entries(before.open).filter(([one]) => !released.includes(one as Level)));
    next[limit.quantity] = { ...before, safety: safe, open: kept };
    told[i]?.released.push(...released);
    if (command.is === 'reset') told[i]?.over.push(...safe.over);
  });
  return [next, alerts, commandEvent(command, told)];
}

/** The state after others than the line gave its alerts revisions: it goes on with the next one, and with the mark. */
export function crewRevised(state: CrewState, alerts: readonly Alert[], mark: Flag): CrewState {
  const revisions = new Map(alerts.map((one) => [one.id, one]));
  let touched = false;
  const entries = Object.entries(state).map(([quantity, guarded]): [string, Guarded] => {
    const open = Object.entries(guarded.open).map(([level, one]): [string, Open] => {
      const other = revisions.get(one.id);
      if (!other) return [level, one];
      touched = true;
      const marks = joinFlags(one.marks ?? [], [mark]);
      return [level, { ...one, rev: Math.max(one.rev, other.rev), marks, doubts: other.doubts }];
    });
    return [quantity, { ...guarded, open: Object.fromEntries(open) }];
  });
  return touched ? Object.fromEntries(entries) : state;
}

/** Alerts of the latched levels: those that began are raised, those that go on say so at intervals. */
function held(
  guarded: Guarded,
  at: Stamp,
  limit: CrewLimit,
  options: CrewOptions,
): readonly [Guarded['open'], readonly CrewSaid[]] {
  const levels = levelsOf(guarded.safety);
  if (levels.length === 0) return [guarded.open, []];
  const open: Partial<Record<Level, Open>> = {};
  const said: CrewSaid[] = [];
  for (const level of levels) {
    const was = guarded.open[level];
    const score = scoreOf(level, guarded, at, limit);
    const peak = Math.max(was?.peak ?? score ?? limit[level] ?? 0, score ?? Number.NEGATIVE_INFINITY);
    const due = !was || at.wallMs - was.saidMs >= options.heldEveryMs || at.wallMs < was.saidMs;
    const now: Open = was
      ? { ...was, peak, ...(due ? { rev: was.rev + 1, saidMs: at.wallMs } : {}) }
      : { id: idOf(level, at, limit, options), rev: 1, since: at, peak, saidMs: at.wallMs };
    open[level] = now;
    if (due) {
      const body = alertOf(was ? 'held' : 'raised', level, now, guarded, at, limit, options);
      said.push({ stream: 'alert', at, body });
    }
  }
  return [open, said];
}

const kindOf = (level: Level, { quantity }: CrewLimit): string => `crew-${level}-${quantity}`;
const idOf = (level: Level, at: Stamp, limit: CrewLimit, { device }: CrewOptions): string =>
  `${device}.${kindOf(level, limit)}.${at.boot.slice(0, 8)}.${at.monoNs.toString(36)}`;

/** What the level is held against; null in a gap. */
function scoreOf(level: Level, { safety: { minutes, last } }: Guarded, at: Stamp, limit: CrewLimit): number | null {
  if (level !== 'stel') return last?.value ?? null;
  const { mean, least } = stelOf(minutes, at, limit.stelShare);
  return mean ?? least;
}

const words = { a1: 'A1', a2: 'A2', stel: 'STEL of 15 minutes' } as const;

function alertOf(
  condition: Alert['condition'],
  level: Level,
  open: Open,
  guarded: Guarded,
  at: Stamp,
  limit: CrewLimit,
  options: CrewOptions,
): Alert {
  const { latest } = guarded;
  const flags = joinFlags(latest?.flags ?? [], open.marks ?? []);
  return {
    id: open.id,
    rev: open.rev,
    kind: kindOf(level, limit),
    family: 'safety',
    severity: level === 'a1' ? 'warning' : 'critical',
    condition,
    certainty: certaintyOf('indication', flags),
    at,
    since: open.since,
    because: {
      rule: `crew safety ${words[level]} at ${limit[level]} ${limit.unit} (${limit.source}); latched until a person resets it at the post`,
      score: scoreOf(level, guarded, at, limit) ?? open.peak,
      peak: open.peak,
      threshold: limit[level] ?? 0,
      model: null,
      evidence: latest ? [latest] : [],
    },
    where: options.where,
    expiresMs: at.wallMs + 3 * options.heldEveryMs,
    flags,
    ...(open.doubts ? { doubts: open.doubts } : {}),
  };
}

const itemOf = (said: Told, at: Stamp): CrewSaid => ({ stream: 'event', at, body: { ...said, at } });
