/** What runs beside the rules of evidence on the same measurements: the crew's alarm, and passages of a checkpoint. */
import type { Alert } from '../core/values/alert.ts';
import type { BoxEvent } from '../core/values/envelope.ts';
import type { Measurement } from '../core/values/measurement.ts';
import type { CrewCommand, CrewOptions, CrewState } from './crew/crew.ts';
import { crewLine } from './crew/crew-line.ts';
import { freshPassageLine, type PassageLineState, passageLine } from './passage/passage-line.ts';
import type { PassageSection } from './passage/section.ts';

export interface BesideState {
  readonly crew: CrewState;
  readonly passage: PassageLineState;
}

export const freshBeside: BesideState = { crew: {}, passage: freshPassageLine };

export function beside(crewOptions: CrewOptions, section: PassageSection | undefined) {
  const guarding = crewLine(crewOptions);
  const passing = section ? passageLine(section) : null;
  return {
    look: (
      state: BesideState,
      measurements: readonly Measurement[],
    ): { readonly state: BesideState; readonly alerts: readonly Alert[]; readonly events: readonly BoxEvent[] } => {
      const crew = guarding.look(state.crew, measurements);
      const passed = passing?.look(state.passage, measurements);
      return {
        state: { crew: crew.state, passage: passed?.state ?? state.passage },
        alerts: crew.alerts,
        events: passed ? [...crew.events, ...passed.events] : crew.events,
      };
    },
    command: (state: BesideState, command: CrewCommand, place: { readonly run: string; readonly first: number }) => {
      const done = guarding.command(state.crew, command, place);
      return { ...done, state: { crew: done.state, passage: state.passage } };
    },
  };
}
