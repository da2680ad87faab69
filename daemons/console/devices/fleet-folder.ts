/** What the centre keeps of its fleet beside the store: rollouts, and the key that boxes are asked with. */
import type { LogsAsk } from '../../core/fleet/ask.ts';
import type { BoxState, Rollout } from '../../core/rollout/plan.ts';

export interface FleetFolder {
  /** As they are kept now, those that go on first. Errors: Fault. */
  rollouts(): readonly Rollout[];
  /** The signed text of a question to a box; absent: there is no key. Errors: Fault `config` for a box of another site. */
  readonly sign?: (ask: LogsAsk) => string;
}

/** A rollout in so many words: a thousand boxes by wave and phase, and by name only those that somebody would look at. */
export interface ToldRollout {
  readonly name: string;
  readonly site: string;
  readonly by: string;
  readonly why: string;
  readonly mode: Rollout['mode'];
  readonly reason: string;
  readonly waves: readonly { readonly boxes: number; readonly phases: Readonly<Record<string, number>> }[];
  readonly boxes: readonly ToldBox[];
}
export interface ToldBox {
  readonly name: string;
  readonly wave: number;
  readonly phase: BoxState['phase'];
  readonly sinceMs: number;
  readonly reasons: readonly string[];
}

const mostNamed = 200;
/** Worth a name: what failed first, then what is on its way. */
const ranks: Readonly<Partial<Record<BoxState['phase'], number>>> = {
  failed: 0,
  'back-failed': 0,
  superseded: 1,
  'on-trial': 2,
  waiting: 3,
  sent: 3,
  applied: 4,
  'taken-back': 4,
};

export function toldOf({ plan, mode, reason, boxes }: Rollout): ToldRollout {
  const named = plan.waves.flatMap((wave, i) => wave.map((name) => ({ name, wave: i + 1, state: boxes[name] })));
  return {
    ...{ name: plan.name, site: plan.site, by: plan.by, why: plan.why, mode, reason },
    waves: plan.waves.map((wave) => ({
      boxes: wave.length,
      phases: Object.fromEntries(
        [...Map.groupBy(wave, (name) => boxes[name]?.phase ?? 'queued')].map(([phase, of]) => [phase, of.length]),
      ),
    })),
    boxes: named
      .flatMap(({ name, wave, state }) => (state ? [toldBox(name, wave, state)] : []))
      .filter(({ phase, reasons }) => ranks[phase] !== undefined || reasons.length > 0)
      .toSorted((a, b) => (ranks[a.phase] ?? 9) - (ranks[b.phase] ?? 9))
      .slice(0, mostNamed),
  };
}

const toldBox = (name: string, wave: number, { phase, sinceMs, reasons }: BoxState): ToldBox => ({
  ...{ name, wave, phase, sinceMs, reasons },
});

/** What the newest rollout that has it in hand, or had it, says of one box. */
export function rolloutOf(rollouts: readonly Rollout[], site: string, device: string) {
  for (const { plan, mode, reason, boxes } of rollouts) {
    const state = plan.site === site ? boxes[device] : undefined;
    if (!state) continue;
    const wave = 1 + plan.waves.findIndex((names) => names.includes(device));
    return { rollout: plan.name, mode, reason, why: plan.why, ...toldBox(device, wave, state) };
  }
  return null;
}
