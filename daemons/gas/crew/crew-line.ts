/** The crew's alarm as the line runs it: over batches, and with commands that a replay finds again at their place. */
import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';
import { runStep } from '../../core/flow/scan.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { BoxEvent } from '../../core/values/envelope.ts';
import type { Measurement } from '../../core/values/measurement.ts';
import { stamp } from '../../core/wire/envelope.ts';
import { type CrewCommand, type CrewOptions, type CrewState, commanded, crew } from './crew.ts';

export interface CrewLooked {
  readonly state: CrewState;
  readonly alerts: readonly Alert[];
  readonly events: readonly BoxEvent[];
}

export interface CrewLine {
  look(state: CrewState, measurements: readonly Measurement[]): CrewLooked;
  /** `run` and `first`: the reading before which the command was given. */
  command(
    state: CrewState,
    command: CrewCommand,
    place: { readonly run: string; readonly first: number },
  ): { readonly state: CrewState; readonly alerts: readonly Alert[]; readonly event: BoxEvent };
}

const nothing: readonly never[] = Object.freeze([]);

export function crewLine(options: CrewOptions): CrewLine {
  const step = crew(options);
  const guarded = new Set(options.limits.map(({ quantity }) => quantity));
  return {
    look: (state, measurements) => {
      if (guarded.size === 0) return { state, alerts: nothing, events: nothing };
      const [next, said] = runStep(step, state, measurements);
      return {
        state: next,
        alerts: said.flatMap((one) => (one.stream === 'alert' ? [one.body] : [])),
        events: said.flatMap((one) => (one.stream === 'event' ? [one.body] : [])),
      };
    },
    command: (state, command, { run, first }) => {
      const [next, alerts, told] = commanded(state, command, options);
      const detail = { ...told.detail, command, run, next: first };
      return { state: next, alerts, event: { ...told, detail, at: command.at } };
    },
  };
}

/** Both by their moment, the crew's first: batches of any size give the same order. */
export const inOrderOfTime = (crews: readonly Alert[], others: readonly Alert[]): readonly Alert[] =>
  crews.length === 0 ? others : [...crews, ...others].toSorted((a, b) => a.at.monoNs - b.at.monoNs);

const given = onDemand(() =>
  z.object({
    run: z.string(),
    next: z.int().min(0),
    command: z.discriminatedUnion('is', [
      z.object({ is: z.literal('reset'), at: stamp, by: z.string() }),
      z.object({ is: z.literal('mute'), at: stamp, by: z.string(), untilNs: z.number() }),
    ]),
  }),
);

/** The command that an event tells of, with its place in the line; null for any other event. */
export function commandOf({ type, detail }: Partial<BoxEvent>): z.infer<typeof given> | null {
  return type?.startsWith('alarm-') ? (given.safeParse(detail).data ?? null) : null;
}
