/** What the agent says: the reported half of the twin, and an event of how a change ended. */
import { rootOf } from '../core/release/trust.ts';
import type { Told } from '../core/spool/gone.ts';
import type { Reported } from '../core/twin/reported.ts';
import type { AgentParts } from './agent.ts';
import { inForce, type Journal } from './journal.ts';
import { hashesOf, laidHash, standsIn } from './stands.ts';
import type { Store } from './store.ts';

/** A wish that was believed and is not on trial yet. */
export interface Wished {
  readonly desired: number;
  readonly phase: Reported['phase'];
  readonly reasons: readonly string[];
}

type Parts = Pick<AgentParts, 'device' | 'laid' | 'packaged' | 'trust'>;

export async function reportOf(parts: Parts, store: Store, wished: Wished | null): Promise<Reported> {
  const journal = store.journal();
  const { trial } = journal;
  const stands = await standsIn(store, inForce(journal));
  const laid = await parts.laid();
  const changed = stands !== null && stands.laid !== laidHash(laid);
  const root = await parts.trust.read().then(
    (trust) => rootOf(trust).version,
    () => 0,
  );
  const now = stateOf(journal, wished);
  return {
    ...{ v: 1, device: parts.device },
    ...now,
    reasons: changed
      ? [...now.reasons, 'the files laid on the box were changed since; they count with the next desired state']
      : now.reasons,
    inForce: trial?.desired ?? journal.goodDesired,
    executable: stands?.executable ?? parts.packaged,
    models: stands?.models ?? {},
    files: stands?.files ?? hashesOf(laid),
    root,
  };
}

function stateOf({ trial, last, goodDesired }: Journal, wished: Wished | null): Wished {
  if (trial)
    return { desired: trial.desired, phase: 'on-trial', reasons: [`on trial for ${trial.withinS} s at the most`] };
  if (wished) return wished;
  if (!last || last.outcome === 'applied') return { desired: goodDesired, phase: 'in-force', reasons: [] };
  return { desired: last.desired, phase: last.outcome, reasons: last.reasons };
}

const words = {
  applied: ['update-applied', 'info', 'is in force'],
  reverted: ['update-reverted', 'error', 'was reverted; what ran before runs again'],
  refused: ['update-refused', 'error', 'was refused; nothing was changed'],
} as const;

export function endedEvent({ last }: Journal): Told {
  const { desired = 0, outcome = 'refused', reasons = [] } = last ?? {};
  const [type, severity, what] = words[outcome];
  const why = reasons.length > 0 ? `: ${reasons.join('; ')}` : '';
  return { type, severity, message: `desired state ${desired} ${what}${why}`, detail: { desired, reasons } };
}
