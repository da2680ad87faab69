/**
 * From a person's question to a proposal, from a person's word to an upload. Pure. A command counts only signed by the centre, in
 * time, once, and about exactly the mission that the person saw; any other is an event and changes nothing. Proposals live in
 * memory: after a restart none of them can be approved. Nothing here arms or starts; a drone that is armed is not written to.
 */
import { hash, type KeyObject } from 'node:crypto';
import { isFault } from '../core/ports/fault.ts';
import { type Command, distrust, parseCommand } from '../core/wire/command.ts';
import type { DockSection } from './config.ts';
import { decisionEvent, type FlightSaid, flightEvent, type Refusal, refusalEvent } from './flight-words.ts';
import { type MissionItem, uploadOf } from './mission.ts';
import type { DockEvent } from './said.ts';
import { secondLook } from './second-look.ts';

export interface Proposal extends FlightSaid {
  readonly state: 'proposed' | 'rejected' | 'uploading' | 'uploaded' | 'withdrawing' | 'withdrawn' | 'over';
  readonly items: readonly MissionItem[];
  /** Monotonic: a clock that is set back revives nothing. */
  readonly overMs: number;
}

export interface Flights {
  readonly proposals: readonly Proposal[];
  /** Ids of signed commands that were taken or refused. */
  readonly known: readonly string[];
  /** Refusals told in this hour. */
  readonly told: { readonly sinceMs: number; readonly count: number };
}

export const noFlights: Flights = { proposals: [], known: [], told: { sinceMs: 0, count: 0 } };

export type FlightsInput =
  | { readonly is: 'command'; readonly text: string; readonly armed: boolean | null; readonly fromDeg: number | null }
  | { readonly is: 'uploaded' | 'cleared' }
  | { readonly is: 'failed'; readonly why: string }
  | { readonly is: 'tick'; readonly armed: boolean | null };

export type FlightsOutput =
  | { readonly is: 'event'; readonly event: DockEvent }
  | { readonly is: 'upload'; readonly items: readonly MissionItem[] }
  /** `left`: items that an emptied drone still counts. */
  | { readonly is: 'clear'; readonly left: 0 | 1 }
  | { readonly is: 'cancel'; readonly why: string };

export interface FlightRules {
  readonly device: string;
  readonly section: NonNullable<DockSection['secondLook']>;
  readonly signers: readonly KeyObject[];
}

export interface Moment {
  readonly monoMs: number;
  readonly wallMs: number;
  readonly boot: string;
}

type Step = readonly [Flights, readonly FlightsOutput[]];

/** What is remembered at the most: of proposals, and of commands (each is good for minutes). */
const [mostProposals, mostKnown] = [16, 512];
/** Refusals that are told in an hour: a flood of forged commands must not fill the disk. */
const [mostTold, toldForMs] = [60, 3_600_000];
/** How far the centre's clock may be ahead of this one. */
const aheadMs = 60_000;

export function flightsStep(state: Flights, input: FlightsInput, at: Moment, rules: FlightRules): Step {
  switch (input.is) {
    case 'command':
      return commanded(state, input, at, rules);
    case 'tick':
      return ticked(state, input.armed, at);
    default:
      return ended(state, input);
  }
}

interface Asked {
  readonly text: string;
  readonly armed: boolean | null;
  readonly fromDeg: number | null;
}

function commanded(state: Flights, asked: Asked, at: Moment, rules: FlightRules): Step {
  const refuse = (why: Refusal, said: Command | null, detail = ''): Step => refused(state, { why, said, detail }, at);
  let said: Command;
  try {
    said = parseCommand(asked.text);
  } catch (error) {
    if (!isFault(error)) throw error;
    return refuse('unreadable', null, error.message);
  }
  const doubt = distrust(said, rules.signers);
  if (doubt) return refuse(doubt, said);
  if (said.device !== rules.device) return refuse('for-another', said);
  if (state.known.includes(said.id)) return refuse('repeated', said);
  const heard: Flights = { ...state, known: [...state.known, said.id].slice(-mostKnown) };
  const refuseHeard = (why: Refusal, detail = ''): Step => refused(heard, { why, said, detail }, at);
  if (at.wallMs > said.untilMs) return refuseHeard('late');
  if (said.atMs > at.wallMs + aheadMs) return refuseHeard('early');
  if (said.about.what === 'propose') return proposed(heard, said, { asked, at, rules });
  const { proposal, mission, what } = said.about;
  const one = state.proposals.find(({ id }) => id === proposal);
  if (!one) return refuseHeard('unknown-proposal');
  if (one.sha256 !== mission) return refuseHeard('other-mission');
  if (what === 'withdraw') return withdrawn(heard, { one, said }, { asked, at, rules });
  if (one.state === 'over' || at.monoMs > one.overMs) return refuseHeard('late');
  if (one.state !== 'proposed') return refuseHeard('contrary', one.state);
  if (what === 'reject') return decided(heard, one, said, 'rejected');
  // Writing a mission to a drone that flies one may change where it goes.
  if (asked.armed !== false) return refuseHeard('drone-not-at-rest');
  if (state.proposals.some(isUnderWay)) return refuseHeard('busy');
  const [next, out] = decided(heard, one, said, 'uploading');
  return [next, [...out, { is: 'upload', items: one.items }]];
}

const isUnderWay = ({ state }: Proposal): boolean => state === 'uploading' || state === 'withdrawing';

/** Also after its time: what lies on a drone can be flown as long as it lies there. */
function withdrawn(
  state: Flights,
  { one, said }: { readonly one: Proposal; readonly said: Command },
  { asked, at, rules }: Asking,
): Step {
  const refuse = (why: Refusal, detail = ''): Step => refused(state, { why, said, detail }, at);
  if (one.state !== 'uploaded') return refuse('contrary', one.state);
  if (asked.armed !== false) return refuse('drone-not-at-rest');
  if (state.proposals.some(isUnderWay)) return refuse('busy');
  const [next, out] = decided(state, one, said, 'withdrawing');
  // ArduPilot keeps its home.
  return [next, [...out, { is: 'clear', left: rules.section.autopilot === 'ardupilot' ? 1 : 0 }]];
}

interface Asking {
  readonly asked: Asked;
  readonly at: Moment;
  readonly rules: FlightRules;
}

function proposed(state: Flights, said: Command, { asked, at, rules: { section } }: Asking): Step {
  if (said.about.what !== 'propose') return [state, []];
  const { alert, post } = said.about;
  // The post's own anemometer before what an autopilot thinks of the air.
  const fromDeg = said.about.fromDeg ?? asked.fromDeg;
  const flight = secondLook(post, { fromDeg }, section);
  if (typeof flight === 'string') return refused(state, { why: flight, said, detail: '' }, at);
  const items = uploadOf(flight, section.autopilot);
  const one: Proposal = {
    id: `flight-${at.boot.slice(0, 8)}-${Math.round(at.monoMs).toString(36)}-${state.known.length.toString(36)}`,
    ...{ alert, flight, items, sha256: hash('sha256', JSON.stringify(items), 'hex'), state: 'proposed' },
    ...{ overMs: at.monoMs + section.validMs, untilMs: at.wallMs + section.validMs },
  };
  const kept = state.proposals.filter((each, i, all) => isUnderWay(each) || i > all.length - mostProposals);
  const proposals = [...kept, one];
  return [{ ...state, proposals }, [{ is: 'event', event: flightEvent(one, said.by, section.autopilot) }]];
}

function decided(
  state: Flights,
  one: Proposal,
  { by, atMs, id }: Command,
  to: 'rejected' | 'uploading' | 'withdrawing',
): Step {
  const what = to === 'uploading' ? 'approved' : to;
  return [moved(state, one, to), [{ is: 'event', event: decisionEvent(one, { what, by, atMs, command: id }) }]];
}

const moved = (state: Flights, one: Proposal, to: Proposal['state']): Flights => ({
  ...state,
  proposals: state.proposals.map((each) => (each.id === one.id ? { ...each, state: to } : each)),
});

/** What failed may be asked for again, by another word of a person. */
function ended(
  state: Flights,
  input: { readonly is: 'uploaded' | 'cleared' } | { readonly is: 'failed'; readonly why: string },
): Step {
  const one = state.proposals.find(isUnderWay);
  if (!one) return [state, []];
  const clears = one.state === 'withdrawing';
  if (input.is === 'failed') {
    const event = decisionEvent(one, { what: clears ? 'stays' : 'failed', why: input.why });
    return [moved(state, one, clears ? 'uploaded' : 'proposed'), [{ is: 'event', event }]];
  }
  if (clears !== (input.is === 'cleared')) return [state, []];
  const event = decisionEvent(one, { what: clears ? 'withdrawn' : 'uploaded' });
  // A drone holds one mission: the one before it is not there any more.
  const before = clears ? undefined : state.proposals.find((each) => each.state === 'uploaded');
  const kept = before ? moved(state, before, 'over') : state;
  return [moved(kept, one, clears ? 'withdrawn' : 'uploaded'), [{ is: 'event', event }]];
}

function ticked(state: Flights, armed: boolean | null, at: Moment): Step {
  const out: FlightsOutput[] = [];
  if (armed === true && state.proposals.some(isUnderWay))
    out.push({ is: 'cancel', why: 'the drone was armed while its mission was changed' });
  let next = state;
  for (const one of state.proposals) {
    if (one.state !== 'proposed' || at.monoMs <= one.overMs) continue;
    next = moved(next, one, 'over');
    out.push({ is: 'event', event: decisionEvent(one, { what: 'over' }) });
  }
  return [next, out];
}

interface Refused {
  readonly why: Refusal;
  readonly said: Command | null;
  readonly detail: string;
}

function refused(state: Flights, { why, said, detail }: Refused, at: Moment): Step {
  const told = at.monoMs - state.told.sinceMs > toldForMs ? { sinceMs: at.monoMs, count: 0 } : state.told;
  const next = { ...state, told: { ...told, count: told.count + 1 } };
  if (told.count >= mostTold) return [next, []];
  const last = told.count === mostTold - 1;
  return [
    next,
    [{ is: 'event', event: refusalEvent(why, said, `${detail}${last ? ' (no more are told for an hour)' : ''}`) }],
  ];
}
