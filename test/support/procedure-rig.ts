/** A procedure on an instrument in a world of one gas at a time. */
import { fitOf } from '../../daemons/gas/procedures/fitted.ts';
import { procedure } from '../../daemons/gas/procedures/machine.ts';
import type {
  Procedure,
  ProcedureInput,
  ProcedureOptions,
  ProcedureOutput,
  ProcedureState,
} from '../../daemons/gas/procedures/procedure.ts';

export const options: ProcedureOptions = {
  kind: 'adjustment',
  gases: {
    zero: { applied: 0, uApplied: 0.01 },
    span: { applied: 25, uApplied: 0.25 },
    further: [],
    second: { applied: 10, uApplied: 0.1 },
  },
  unit: 'ppm',
  t90Ms: 1000,
  tolerance: 0.1,
  rawPerUnit: 1,
  resolution: 0.001,
  alarm: { on: 2, raiseAfter: 4 },
  limits: { askMs: 600_000, measureT90s: 20, purgeT90s: [2, 30], graceMs: 5000 },
  fit: fitOf({
    channel: 'nh3/ammonia',
    before: null,
    gainOnly: false,
    tolerances: { tolerance: 0.1, zeroTolerance: 2.5, unit: 'ppm' },
  }),
};

/** An instrument in a world of one gas at a time: raw = zero + gain * what is connected, with a little noise. */
export interface Rig {
  readonly proc: Procedure;
  state: ProcedureState;
  nowMs: number;
  readonly outputs: ProcedureOutput[];
  give(input: ProcedureInput): void;
  next(): void;
  /** Readings for so long at what is connected. */
  flow(seconds: number, connected: number): void;
}

export function rig(changes: Partial<ProcedureOptions> = {}, gain = 0.88, zero = 0.4): Rig {
  const proc = procedure({ ...options, ...changes });
  const one: Rig = {
    proc,
    state: proc.fresh(0),
    nowMs: 0,
    outputs: [],
    give: (input) => {
      const [state, ...outputs] = proc.step(one.state, input);
      one.state = state;
      one.outputs.push(...outputs);
    },
    next: () => one.give({ type: 'next', atMs: one.nowMs }),
    flow: (seconds, connected) => {
      for (let i = 0; i < seconds * 10; i++) {
        one.nowMs += 100;
        const raw = zero + gain * connected + 0.002 * Math.sin(one.nowMs / 170);
        one.give({ type: 'reading', atMs: one.nowMs, raw, value: raw, u: 0.1 });
      }
    },
  };
  return one;
}

export const stageOf = ({ proc, state }: Rig): string => proc.stages[state.at]?.name ?? '';

/** Through the line questions and the look at ambient air. */
export function begin(one: Rig): void {
  if (stageOf(one) === 'flow') {
    one.next();
    one.next();
  }
  one.flow(5, 0);
}

export function apply(one: Rig, ppm: number): void {
  one.next();
  one.flow(6, ppm);
}
