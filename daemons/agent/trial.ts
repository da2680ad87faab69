/** Whether a box is well on trial: what was well before must be so again, without a break, within a stated time. Pure. */
import type { DaemonState } from '../core/ports/supervisor.ts';
import type { Trial } from './journal.ts';

/** What is known of the box at one moment. */
export interface Facts {
  readonly daemons: ReadonlyMap<string, DaemonState>;
  /** Whether the uplink has a broker; null when it does not answer. */
  readonly connected: boolean | null;
  /** Good values of each daemon that reads, since it started; null when it does not answer. */
  readonly readings: ReadonlyMap<string, number | null>;
}

const runs = (name: string): string => `${name} runs`;
const connected = 'uplink is connected';
const reads = (name: string): string => `${name} reads`;

/** What is well, in words that are compared and shown. */
export function wellOf({ daemons, connected: link, readings }: Facts): readonly string[] {
  return [
    ...[...daemons].filter(([, { is }]) => is === 'running').map(([name]) => runs(name)),
    ...(link ? [connected] : []),
    ...[...readings].filter(([, good]) => (good ?? 0) > 0).map(([name]) => reads(name)),
  ];
}

export interface Watch {
  readonly sinceMs: number;
  /** Since when all has been well; null while it is not. */
  readonly wellSinceMs: number | null;
  /** Restarts of each daemon when the trial began, and when it was looked at last. */
  readonly first: ReadonlyMap<string, number>;
  readonly seen: ReadonlyMap<string, number>;
}

const restartsOf = ({ daemons }: Facts): ReadonlyMap<string, number> =>
  new Map([...daemons].map(([name, { restarts }]) => [name, restarts]));

export const freshWatch = (nowMs: number, facts: Facts): Watch => ({
  ...{ sinceMs: nowMs, wellSinceMs: null, first: restartsOf(facts), seen: restartsOf(facts) },
});

export type Verdict = 'on' | 'well' | { readonly failed: readonly string[] };

/** A daemon that ended so often since the switch is not waited for. */
const mostRestarts = 3;

export function watched(watch: Watch, trial: Trial, facts: Facts, nowMs: number): readonly [Watch, Verdict] {
  const { demands, steadyS, withinS } = trial;
  const seen = restartsOf(facts);
  // systemd begins to count anew when somebody starts a unit again.
  const first = new Map([...watch.first].map(([name, count]) => [name, Math.min(count, seen.get(name) ?? count)]));
  const hopeless = [...facts.daemons].flatMap(([name, { is, restarts, said }]) => {
    if (!demands.includes(runs(name))) return [];
    const often = restarts - (first.get(name) ?? restarts);
    if (is === 'failed') return [`${name} does not start: ${said || 'it ended'}`];
    return often >= mostRestarts ? [`${name} ended ${often} times: ${said || 'no word of it'}`] : [];
  });
  if (hopeless.length > 0) return [{ ...watch, first, seen }, { failed: hopeless }];
  const well = wellOf(facts);
  const missing = demands.filter((one) => !well.includes(one));
  const fell = [...seen].filter(([name, count]) => count > (watch.seen.get(name) ?? count)).map(([name]) => name);
  const isWell = missing.length === 0 && fell.length === 0;
  const wellSinceMs = isWell ? (watch.wellSinceMs ?? nowMs) : null;
  const next = { ...watch, first, seen, wellSinceMs };
  if (wellSinceMs !== null && nowMs - wellSinceMs >= steadyS * 1000) return [next, 'well'];
  if (nowMs - watch.sinceMs < withinS * 1000) return [next, 'on'];
  const what = missing.length > 0 ? missing.map((one) => `not so: ${one}`) : [`it was well, but not for ${steadyS} s`];
  return [next, { failed: what.map((one) => `${one}, within ${withinS} s of the change`) }];
}
