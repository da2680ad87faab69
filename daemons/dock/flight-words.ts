/** What is said of proposed flights, as events: the centre shows them, and they are the record of who decided what and when. */
import type { Command } from '../core/wire/command.ts';
import { type Autopilot, planOf } from './mission.ts';
import type { DockEvent } from './said.ts';
import type { NoFlight, ProposedFlight } from './second-look.ts';

/** One type for all of them, so that one look finds the story of a proposal. */
export const flightEventType = 'dock-flight';

export interface FlightSaid {
  readonly id: string;
  readonly alert: string;
  readonly flight: ProposedFlight;
  /** Of the mission's items as JSON: what a person approves. */
  readonly sha256: string;
  /** Unix ms, for the reader. */
  readonly untilMs: number;
}

export type Refusal =
  | NoFlight
  | 'unreadable'
  | 'foreign-key'
  | 'forged'
  | 'for-another'
  | 'repeated'
  | 'late'
  | 'early'
  | 'unknown-proposal'
  | 'other-mission'
  | 'contrary'
  | 'drone-not-at-rest'
  | 'busy';

const refusals: Readonly<Record<Refusal, string>> = {
  unreadable: 'it is no command',
  'foreign-key': 'it is not signed by a key of the profile',
  forged: 'its signature is not of this command',
  'for-another': 'it is for another box',
  repeated: 'it came before',
  late: 'its time is over',
  early: 'it is of a time to come: a clock is wrong',
  'unknown-proposal': 'there is no such proposal, or it is of before a restart',
  'other-mission': 'it is about another mission than the one proposed',
  contrary: 'it was decided already',
  'drone-not-at-rest': 'the drone is armed, or was not heard: its mission is not changed',
  busy: 'another mission is being written',
  'no-wind-direction': 'nobody knows where the wind comes from',
  'post-outside-fence': 'the post lies outside the fence, or too near to it',
  'fence-too-small': 'the fence holds no two transects',
  'altitude-outside-limits': 'the altitude is outside its limits',
  'shape-makes-no-flight': 'the shape in the profile makes no flight',
};

export const refusalEvent = (why: Refusal, said: Command | null, more: string): DockEvent => ({
  type: flightEventType,
  severity: 'warning',
  message: `a command${said ? ` of ${said.by} to ${said.about.what}` : ''} is refused: ${refusals[why]}${more ? `: ${more}` : ''}; nothing was changed`,
  detail: {
    ...{ is: 'refused', why, command: said?.id ?? null, by: said?.by ?? null },
    ...(said ? { ...('alert' in said.about ? { alert: said.about.alert } : { proposal: said.about.proposal }) } : {}),
  },
});

export const flightEvent = (
  { id, alert, flight, sha256, untilMs }: FlightSaid,
  by: string,
  autopilot: Autopilot,
): DockEvent => ({
  type: flightEventType,
  severity: 'info',
  message: `a second look is proposed for alert ${alert}, asked for by ${by}; nothing flies without a person's word`,
  detail: {
    ...{ is: 'proposed', proposal: id, alert, by, sha256, untilMs, ...flight },
    plan: planOf(flight, autopilot),
  },
});

export type Decision =
  | {
      readonly what: 'approved' | 'rejected' | 'withdrawing';
      readonly by: string;
      readonly atMs: number;
      readonly command: string;
    }
  | { readonly what: 'uploaded' | 'withdrawn' | 'over' }
  | { readonly what: 'failed' | 'stays'; readonly why: string };

const wordsOf = (said: Decision): string => {
  switch (said.what) {
    case 'approved':
      return `is approved by ${said.by} and is written to the drone`;
    case 'rejected':
      return `is rejected by ${said.by}`;
    case 'withdrawing':
      return `is withdrawn by ${said.by} and is cleared from the drone`;
    case 'withdrawn':
      return 'is withdrawn: the drone holds no mission any more';
    case 'stays':
      return `may still be on the drone: ${said.why}; it may be withdrawn again`;
    case 'uploaded':
      return "is on the drone, item by item; arming and launch are the pilot's";
    case 'over':
      return 'is over: nobody decided on it in time';
    case 'failed':
      return `is not on the drone: ${said.why}; it may be approved again`;
  }
};

export const decisionEvent = ({ id, alert, sha256 }: FlightSaid, said: Decision): DockEvent => {
  const { what, ...more } = said;
  return {
    type: flightEventType,
    severity: what === 'failed' || what === 'stays' ? 'warning' : 'info',
    message: `the proposed flight ${id} ${wordsOf(said)}`,
    detail: { is: what, proposal: id, alert, sha256, ...more },
  };
};
