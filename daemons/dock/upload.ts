/**
 * The upload of a mission to a drone (mavlink.io, "Mission Protocol"): the count is offered, the drone asks for each item and
 * accepts, then the dock reads the mission back and compares. Pure, without a timer: `tick` looks at the time. Any message may
 * be lost, doubled or late. Nothing here arms, starts or selects a mission: those messages are not even in the table.
 */
import type { Message } from '../core/mavlink/decode.ts';
import type { Outgoing } from '../core/mavlink/speaking.ts';
import type { MissionItem } from './mission.ts';
import {
  ackName,
  askFor,
  cancelling,
  clearAll,
  countOf,
  differs,
  itemOf,
  numberIn,
  thanks,
  wantList,
} from './upload-words.ts';

/** The standard's page: default time-out, and how often a message is repeated. */
const [timeoutMs, mostRepeats] = [1500, 5];
/** A drone that asks so often for one item, or calls so much out of sequence, hears us only half. */
const mostAsked = 20;

/** Whom is spoken to, and as whom. */
export interface Ends {
  readonly drone: number;
  readonly self: number;
}

export interface Upload {
  readonly phase: 'idle' | 'sending' | 'reading' | 'clearing' | 'cleared';
  /** Items that an emptied drone still counts. */
  readonly left: number;
  readonly items: readonly MissionItem[];
  /** How often each item was asked for. */
  readonly asked: ReadonlyMap<number, number>;
  readonly outOfSequence: number;
  /** What is read back next; null: the count is. */
  readonly next: number | null;
  /** What is repeated while nothing comes, how often it was, and when it is next. */
  readonly last: Outgoing | null;
  readonly repeats: number;
  readonly dueMs: number;
}

export const noUpload: Upload = {
  ...{ phase: 'idle', left: 0, items: [], asked: new Map(), outOfSequence: 0 },
  ...{ next: null, last: null, repeats: 0, dueMs: 0 },
};

export type UploadInput =
  | { readonly is: 'begin'; readonly items: readonly MissionItem[] }
  /** Everything that the drone holds, but for `left` items. */
  | { readonly is: 'clear'; readonly left: number }
  | { readonly is: 'message'; readonly message: Message }
  | { readonly is: 'cancel'; readonly why: string }
  | { readonly is: 'tick' };

export type UploadOutput =
  | { readonly is: 'send'; readonly message: Outgoing }
  /** The drone holds the mission, item by item. */
  | { readonly is: 'uploaded' }
  /** The drone counts no items any more. */
  | { readonly is: 'cleared' }
  /** `why` is for the reader, and names the drone's own word. */
  | { readonly is: 'failed'; readonly why: string }
  /** Passed over, and worth a word. */
  | { readonly is: 'odd'; readonly what: string };

type Step = readonly [Upload, readonly UploadOutput[]];

export function uploadStep(state: Upload, input: UploadInput, nowMs: number, ends: Ends): Step {
  switch (input.is) {
    case 'begin':
      if (state.phase !== 'idle') return [state, [{ is: 'odd', what: 'another upload is under way' }]];
      return saying(
        { ...noUpload, phase: 'sending', items: input.items },
        countOf(input.items.length, ends.drone),
        nowMs,
      );
    case 'clear':
      if (state.phase !== 'idle') return [state, [{ is: 'odd', what: 'an upload is under way' }]];
      return saying({ ...noUpload, phase: 'clearing', left: input.left }, clearAll(ends.drone), nowMs);
    case 'cancel':
      if (state.phase === 'idle') return [state, []];
      return failed(input.why, cancelling(ends.drone));
    case 'tick':
      return ticked(state, nowMs, ends);
    case 'message':
      return state.phase === 'idle' || !isOurs(input.message, ends)
        ? [state, []]
        : told(state, input.message, nowMs, ends);
  }
}

/** From the autopilot, to us, and of the flight plan (not of a fence or rally points). */
function isOurs(message: Message, { drone, self }: Ends): boolean {
  const field = numberIn(message);
  return (
    message.system === drone &&
    message.component === 1 &&
    field('target_system') === self &&
    field('mission_type') === 0
  );
}

/** The drone's word that it cleared its mission is held against its count. */
function clearing(state: Upload, message: Message, nowMs: number, { drone }: Ends): Step {
  const number = numberIn(message);
  if (message.name === 'MISSION_ACK' && state.phase === 'clearing') {
    const type = number('type');
    if (type !== accepted) return failed(`the drone answered ${ackName(type)}`);
    return saying({ ...state, phase: 'cleared' }, wantList(drone), nowMs);
  }
  if (message.name !== 'MISSION_COUNT' || state.phase !== 'cleared') return [state, []];
  const count = number('count');
  if (!(count <= state.left)) return failed(`the drone still counts ${count} items`, thanks(drone));
  return [noUpload, [{ is: 'send', message: thanks(drone) }, { is: 'cleared' }]];
}

function told(state: Upload, message: Message, nowMs: number, ends: Ends): Step {
  if (state.phase === 'clearing' || state.phase === 'cleared') return clearing(state, message, nowMs, ends);
  const sending = state.phase === 'sending';
  switch (message.name) {
    case 'MISSION_REQUEST':
    case 'MISSION_REQUEST_INT':
      return sending ? answered(state, numberIn(message)('seq'), nowMs, ends) : [state, []];
    case 'MISSION_ACK':
      return acknowledged(state, numberIn(message)('type'), nowMs, ends);
    case 'MISSION_COUNT':
      return sending || state.next !== null ? [state, []] : counted(state, numberIn(message)('count'), nowMs, ends);
    case 'MISSION_ITEM_INT':
      return sending ? [state, []] : readBack(state, message, nowMs, ends);
    default:
      return [state, []];
  }
}

/** The drone leads: it is given what it asks for, in whatever order, and again. */
function answered(state: Upload, seq: number, nowMs: number, { drone }: Ends): Step {
  const item = state.items[seq];
  if (!item) {
    const why = `the drone asks for item ${seq} of ${state.items.length}`;
    return failed(why, cancelling(drone));
  }
  const times = (state.asked.get(seq) ?? 0) + 1;
  if (times > mostAsked) return failed(`the drone asked ${mostAsked} times for item ${seq}`, cancelling(drone));
  // With the first question for an item the upload has moved on.
  const outOfSequence = times === 1 ? 0 : state.outOfSequence;
  return saying({ ...state, outOfSequence, asked: new Map(state.asked).set(seq, times) }, itemOf(item, drone), nowMs);
}

const [accepted, invalidSequence] = [0, 13];

function acknowledged(state: Upload, type: number, nowMs: number, { drone }: Ends): Step {
  const name = ackName(type);
  if (type === accepted) {
    if (state.phase === 'reading') return [state, []];
    // Of an upload before, or of a drone that skips items: what it holds is not what was approved.
    if (state.items.some(({ seq }) => !state.asked.has(seq)))
      return [state, [{ is: 'odd', what: `${name} before every item was asked for` }]];
    return saying({ ...state, phase: 'reading' }, wantList(drone), nowMs);
  }
  // An item that came twice is out of sequence to the drone, which then asks for the right one.
  if (type === invalidSequence && state.outOfSequence < mostAsked)
    return [{ ...state, outOfSequence: state.outOfSequence + 1 }, [{ is: 'odd', what: name }]];
  return failed(`the drone answered ${name}`);
}

function counted(state: Upload, count: number, nowMs: number, { drone }: Ends): Step {
  if (count === state.items.length) return saying({ ...state, next: 0 }, askFor(0, drone), nowMs);
  return failed(`the drone holds ${count} items, ${state.items.length} were sent: do not fly what it holds`);
}

function readBack(state: Upload, message: Message, nowMs: number, { drone }: Ends): Step {
  const item = state.next === null ? undefined : state.items[state.next];
  // One that comes again was compared already.
  if (!item || numberIn(message)('seq') !== item.seq) return [state, []];
  const what = differs(item, message);
  if (what !== null)
    return failed(`item ${item.seq} on the drone has another ${what}: do not fly what it holds`, thanks(drone));
  const next = item.seq + 1;
  if (next < state.items.length) return saying({ ...state, next }, askFor(next, drone), nowMs);
  return [noUpload, [{ is: 'send', message: thanks(drone) }, { is: 'uploaded' }]];
}

function ticked(state: Upload, nowMs: number, { drone }: Ends): Step {
  const { last } = state;
  if (last === null || nowMs < state.dueMs) return [state, []];
  if (state.repeats >= mostRepeats)
    return failed(`the drone did not answer ${last.name}, sent ${mostRepeats + 1} times`, cancelling(drone));
  return [{ ...state, repeats: state.repeats + 1, dueMs: nowMs + timeoutMs }, [{ is: 'send', message: last }]];
}

const saying = (state: Upload, message: Outgoing, nowMs: number): Step => [
  { ...state, last: message, repeats: 0, dueMs: nowMs + timeoutMs },
  [{ is: 'send', message }],
];

const failed = (why: string, word?: Outgoing): Step => [
  noUpload,
  [...(word ? [{ is: 'send' as const, message: word }] : []), { is: 'failed', why }],
];
