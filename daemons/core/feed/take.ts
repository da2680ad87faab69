/**
 * Observations of one vehicle in, values of the feed and events out. What cannot be is withheld and told once when it
 * begins, so that nobody is given a false pose: positions without a fix, jumps, turns that nothing makes, time going back.
 */
import type { AttitudeFix, GimbalFix, PositionFix } from '../values/pose.ts';
import type { WindFix } from '../values/wind.ts';
import { freshGate, type Gate, passed } from './gate.ts';
import type { Observation } from './observation.ts';
import { canMove, canTurn, type Held, held, type Track, type Tracks, yawApart } from './track.ts';
import { anglesOf } from './turn.ts';
import { type AirMotion, averaged, kept } from './wind.ts';

export type FeedEvent =
  | 'gnss-lost'
  | 'gnss-back'
  | 'position-jump'
  | 'position-resumed'
  | 'attitude-jump'
  | 'attitude-resumed'
  | 'gimbal-jump'
  | 'gimbal-resumed'
  | 'heading-disagrees'
  | 'time-back'
  | 'time-jump'
  | 'vehicle-restarted'
  | 'position-nonsense'
  | 'attitude-nonsense'
  | 'gimbal-nonsense'
  | 'wind-nonsense';

export type Told =
  | ({ readonly kind: 'position'; readonly segment: number } & PositionFix)
  | ({ readonly kind: 'attitude'; readonly segment: number } & AttitudeFix)
  | ({ readonly kind: 'gimbal'; readonly segment: number } & GimbalFix)
  | ({ readonly kind: 'wind' } & WindFix)
  | {
      readonly kind: 'time';
      readonly source: 'autopilot';
      readonly monoNs: number;
      readonly wallMs: number;
      readonly uncertaintyMs: number;
    }
  | { readonly kind: 'event'; readonly type: FeedEvent; readonly monoNs: number; readonly detail: string };

interface Follow<T> {
  readonly gate: Gate<T>;
  readonly track: Track<T>;
}
type Kind = 'position' | 'attitude' | 'gimbal';

interface Tick {
  readonly bootMs: number;
  readonly monoNs: number;
}

export interface Taking {
  readonly clock: Gate<Tick>;
  /** Box's ms minus vehicle's ms, by the message that came quickest; null before any. */
  readonly offset: { readonly ms: number; readonly monoNs: number } | null;
  readonly newest: Readonly<Partial<Record<Kind | 'time', number>>>;
  readonly gnss: { readonly monoNs: number; readonly has3d: boolean; readonly u: Accuracy | null } | null;
  readonly position: Follow<PositionFix>;
  readonly attitude: Follow<AttitudeFix>;
  readonly gimbal: Follow<GimbalFix>;
  readonly air: readonly AirMotion[];
  /** Troubles that last, told when they began. */
  readonly standing: ReadonlySet<FeedEvent>;
}

interface Accuracy {
  readonly horizontalM: number;
  readonly verticalM: number;
}

const follow = { gate: freshGate, track: [] } as const;
export const freshTaking: Taking = {
  clock: freshGate,
  offset: null,
  newest: {},
  gnss: null,
  position: follow,
  attitude: follow,
  gimbal: follow,
  air: [],
  standing: new Set(),
};

/** Ours: seconds of an average of wind, sigma of a position that nobody vouches for, of an autopilot's attitude. */
const windSeconds = 60;
const unvouched: Accuracy = { horizontalM: 10, verticalM: 15 };
const attitudeUDeg = 2;
/** A receiver's word on its accuracy holds this long, ns. */
const gnssHoldsNs = 5e9;
/** How far the delay of a link may change between two messages, ms; how fast two quartz clocks part, ms an s. */
const delayMs = 5000;
const partingMsPerS = 0.1;
/** Bound on the age of an autopilot's SYSTEM_TIME when it comes, ms. */
const timeWrongMs = 500;
const headingApartDeg = 30;

type Step = readonly [Taking, readonly Told[]];

/** `monoNs`: when the message came in. */
export function take(state: Taking, seen: Observation, monoNs: number): Step {
  const bootMs = 'bootMs' in seen ? seen.bootMs : null;
  if (bootMs === null) return value(state, seen, { at: monoNs, monoNs });
  const [clock, verdict] = passed(state.clock, { bootMs, monoNs }, sameClock);
  if (verdict === 'jumped' || verdict === 'withheld')
    return began({ ...state, clock }, 'time-jump', monoNs, `the vehicle's clock says ${bootMs} ms`);
  if (verdict === 'resumed') {
    const [next, told] = take({ ...restarted(state), clock }, seen, monoNs);
    const detail = `its clock went on at ${bootMs} ms; what was known of before is dropped`;
    return [next, [{ kind: 'event', type: 'vehicle-restarted', monoNs, detail }, ...told]];
  }
  const offset = closer(state.offset, { ms: monoNs / 1e6 - bootMs, monoNs });
  const on: Taking = ended({ ...state, clock, offset }, 'time-jump');
  const kind = seen.kind as Kind | 'time';
  const newest = on.newest[kind];
  if (newest !== undefined && bootMs === newest) return [on, []];
  if (newest !== undefined && bootMs < newest)
    return began(on, 'time-back', monoNs, `${kind} of ${bootMs} ms after one of ${newest} ms`);
  const inOrder = ended({ ...on, newest: { ...on.newest, [kind]: bootMs } }, 'time-back');
  return value(inOrder, seen, { at: (bootMs + offset.ms) * 1e6, monoNs });
}

const sameClock = (a: Tick, b: Tick): boolean => Math.abs(b.bootMs - a.bootMs - (b.monoNs - a.monoNs) / 1e6) <= delayMs;

/** Segments count on, so that nothing is joined across the restart. */
function restarted(state: Taking): Taking {
  const on = <T>({ gate }: Follow<T>): Follow<T> => ({ gate: { ...freshGate, segment: gate.segment + 1 }, track: [] });
  const { position, attitude, gimbal } = state;
  return { ...freshTaking, position: on(position), attitude: on(attitude), gimbal: on(gimbal) };
}

function closer(old: Taking['offset'], next: { ms: number; monoNs: number }): { ms: number; monoNs: number } {
  if (!old) return next;
  const aged = old.ms + (partingMsPerS * Math.max(0, next.monoNs - old.monoNs)) / 1e9;
  return { ms: Math.min(aged, next.ms), monoNs: Math.max(old.monoNs, next.monoNs) };
}

/** `at`: the instant of the value on the box's clock; `monoNs`: when it came. */
function value(state: Taking, seen: Observation, { at, monoNs }: { at: number; monoNs: number }): Step {
  switch (seen.kind) {
    case 'gnss':
      return receiver(state, seen, monoNs);
    case 'position': {
      const { gnss } = state;
      if (gnss && !gnss.has3d) return [state, []];
      const vouched = gnss && monoNs - gnss.monoNs <= gnssHoldsNs ? gnss.u : null;
      const { horizontalM, verticalM } = seen.u ?? vouched ?? unvouched;
      const { lat, lon, altM, aboveHomeM, velocity } = seen;
      const fix = {
        monoNs: at,
        lat,
        lon,
        altM,
        aboveHomeM,
        velocity,
        uHorizontalM: horizontalM,
        uVerticalM: verticalM,
        ...marked(seen),
      };
      return followed(state, 'position', { fix, possible: canMove });
    }
    case 'attitude':
      return followed(state, 'attitude', {
        fix: { monoNs: at, q: seen.q, uDeg: attitudeUDeg, ...marked(seen) },
        possible: canTurn,
      });
    case 'gimbal': {
      const { q, uDeg, yawFrom } = seen;
      const possible = (a: GimbalFix, b: GimbalFix): boolean => a.yawFrom === b.yawFrom && canTurn(a, b);
      return followed(state, 'gimbal', { fix: { monoNs: at, q, uDeg, yawFrom, ...marked(seen) }, possible });
    }
    case 'air': {
      const { north, east, u } = seen;
      const air = kept(state.air, { monoNs: at, north, east, u }, windSeconds);
      const wind = air === state.air ? null : averaged(air, 'autopilot');
      return [ended({ ...state, air }, 'wind-nonsense'), wind ? [{ kind: 'wind', ...wind }] : []];
    }
    case 'time':
      return [
        state,
        [{ kind: 'time', source: 'autopilot', monoNs: at, wallMs: seen.wallMs, uncertaintyMs: timeWrongMs }],
      ];
    case 'heading':
      return compared(state, seen.deg, monoNs);
    case 'nonsense':
      return began(state, `${seen.of}-nonsense`, monoNs, seen.why);
  }
}

const marked = ({
  unvouched: mark,
}: {
  readonly unvouched?: true | undefined;
}): { readonly unvouched?: true | undefined } => (mark ? { unvouched: mark } : {});

function receiver(state: Taking, { has3d, u }: Observation & { kind: 'gnss' }, monoNs: number): Step {
  const next: Taking = { ...state, gnss: { monoNs, has3d, u } };
  if (!has3d) return began(next, 'gnss-lost', monoNs, 'no fix in three dimensions: positions are withheld');
  if (!state.standing.has('gnss-lost')) return [next, []];
  return [ended(next, 'gnss-lost'), [{ kind: 'event', type: 'gnss-back', monoNs, detail: '' }]];
}

function compared(state: Taking, heading: number, monoNs: number): Step {
  const last = state.attitude.gate.last;
  const angles = last && monoNs - last.monoNs < 1e9 ? anglesOf(last.q) : null;
  // Nose up or down, a heading means nothing.
  if (!angles || Math.abs(angles.pitchDeg) > 60) return [state, []];
  if (yawApart(angles.yawDeg, heading) <= headingApartDeg) return [ended(state, 'heading-disagrees'), []];
  return began(state, 'heading-disagrees', monoNs, `heading ${heading}, yaw ${Math.round(angles.yawDeg)} degrees`);
}

type FixOf = { position: PositionFix; attitude: AttitudeFix; gimbal: GimbalFix };

interface Candidate<T> {
  readonly fix: T;
  readonly possible: (a: T, b: T) => boolean;
}

function followed<K extends Kind>(state: Taking, kind: K, { fix, possible }: Candidate<FixOf[K]>): Step {
  const before = state[kind] as unknown as Follow<FixOf[K]>;
  // The clocks' offset came out smaller: the value lies before one that was told.
  if (before.gate.last && fix.monoNs <= before.gate.last.monoNs) return [state, []];
  const [gate, verdict] = passed(before.gate, fix, possible);
  const on = (track: Track<FixOf[K]>): Taking => ({ ...state, [kind]: { gate, track } });
  const { monoNs } = fix;
  if (verdict === 'jumped' || verdict === 'withheld')
    return began(on(before.track), `${kind}-jump`, monoNs, 'further than a vehicle comes: withheld until it lasts');
  const next: Held<FixOf[K]> = { segment: gate.segment, fix };
  const good = ended(ended(on(held(before.track, next)), `${kind}-jump`), `${kind}-nonsense`);
  const told = { kind, segment: gate.segment, ...fix } as unknown as Told;
  if (verdict === 'kept') return [good, [told]];
  return [good, [{ kind: 'event', type: `${kind}-resumed`, monoNs, detail: 'it lasts: taken on from here' }, told]];
}

/** A trouble is told once, when it begins. */
function began(state: Taking, type: FeedEvent, monoNs: number, detail: string): Step {
  if (state.standing.has(type)) return [state, []];
  return [{ ...state, standing: new Set([...state.standing, type]) }, [{ kind: 'event', type, monoNs, detail }]];
}

function ended(state: Taking, type: FeedEvent): Taking {
  if (!state.standing.has(type)) return state;
  return { ...state, standing: new Set([...state.standing].filter((one) => one !== type)) };
}

export const tracksOf = ({ position, attitude, gimbal }: Taking): Tracks => ({
  position: position.track,
  attitude: attitude.track,
  gimbal: gimbal.track,
});
