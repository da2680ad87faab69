/**
 * Passes of a box that moves: a place where a gas was found before, left, and come back to. Only the moment at which a rule turns
 * on makes a find: what a slow sensor still shows on the way from there is no gas of there. Pure; plain JSON.
 */
import { sinCosDeg } from '../../core/exact/turn.ts';
import type { Measurement } from '../../core/values/measurement.ts';
import { feedSensor, placeOf } from '../locating/feed-channels.ts';
import { degreeM } from '../plume/estimate.ts';

interface Place {
  readonly lat: number;
  readonly lon: number;
}

export interface Find extends Place {
  readonly wallMs: number;
  /** When the box was away from it for the first time after; null: it is still there. Before 0: in an earlier boot. */
  readonly leftNs: number | null;
}

export interface PassState {
  readonly boot: string | null;
  /** Positions of the last minute, oldest first. */
  readonly track: readonly (Place & { readonly ns: number })[];
  /** The corner that waits for its metres. */
  readonly corner: {
    readonly ns: number;
    readonly lat?: number;
    readonly lon?: number;
    readonly north?: number;
  } | null;
  /** By gas, oldest first. */
  readonly finds: Readonly<Record<string, readonly Find[]>>;
  /** By rule that is on: passes over its place, this one included; null where it was not known where that is. */
  readonly on: Readonly<Record<string, number | null>>;
}

export const freshPasses: PassState = { boot: null, track: [], corner: null, finds: {}, on: {} };

export interface PassOptions {
  readonly withinM: number;
  readonly withinS: number;
}

/** A position older than this is not where the box is, and a track longer than a minute is not asked for. */
const [oldestNs, trackNs] = [3e9, 60e9];
/** Finds of one gas that are remembered. */
const mostFinds = 50;

/** Where the box is, from the measurements of its feed; others are passed over. */
export function moved(state: PassState, { sensor, quantity, value, at }: Measurement, options: PassOptions): PassState {
  if (sensor !== feedSensor || !quantity.startsWith('pos-') || value === null) return state;
  const now = state.boot === at.boot ? state : inBoot(state, at.boot);
  const corner = now.corner?.ns === at.monoNs ? now.corner : { ns: at.monoNs };
  if (quantity === 'pos-lat') return { ...now, corner: { ...corner, lat: value } };
  if (quantity === 'pos-lon') return { ...now, corner: { ...corner, lon: value } };
  if (quantity === 'pos-north') return { ...now, corner: { ...corner, north: value } };
  if (quantity !== 'pos-east' || corner.lat === undefined || corner.lon === undefined) return now;
  const place = placeOf({ lat: corner.lat, lon: corner.lon }, corner.north ?? 0, value);
  const track = [...now.track.filter(({ ns }) => ns >= at.monoNs - trackNs), { ns: at.monoNs, ...place }];
  return { ...now, corner: null, track, finds: left(now.finds, place, at.monoNs, options) };
}

/** Another boot counts its own time: what was left before stays left. */
function inBoot({ finds, on }: PassState, boot: string): PassState {
  const before = mapped(finds, (one) => (one.leftNs === null ? one : { ...one, leftNs: -1 }));
  return { ...freshPasses, boot, finds: before, on };
}

function left(finds: PassState['finds'], place: Place, ns: number, { withinM }: PassOptions): PassState['finds'] {
  const goes = (one: Find): boolean => one.leftNs === null && metres(one, place) > 2 * withinM;
  if (!Object.values(finds).some((all) => all.some(goes))) return finds;
  return mapped(finds, (one) => (goes(one) ? { ...one, leftNs: ns } : one));
}

const mapped = (finds: PassState['finds'], change: (one: Find) => Find): PassState['finds'] =>
  Object.fromEntries(Object.entries(finds).map(([gas, all]) => [gas, all.map(change)]));

export interface Turned {
  readonly kind: string;
  /** What finds are counted by. */
  readonly gas: string;
  readonly active: boolean;
  /** When the air was at the inlet, and when it was looked at. */
  readonly inletNs: number;
  readonly boot: string;
  readonly wallMs: number;
}

/** The next state, and how many passes found it, this one included; null where nobody tells the place. */
export function passed(state: PassState, one: Turned, options: PassOptions): readonly [PassState, number | null] {
  const { kind, gas, active } = one;
  const known = state.on[kind];
  if (!active) {
    if (known === undefined) return [state, 1];
    const { [kind]: _over, ...on } = state.on;
    return [{ ...state, on }, known];
  }
  if (known !== undefined) return [state, known];
  const place = placeAt(state, one);
  if (!place) return [{ ...state, on: { ...state.on, [kind]: null } }, null];
  const all = state.finds[gas] ?? [];
  const near = all.filter(
    (find) => metres(find, place) <= options.withinM && Math.abs(one.wallMs - find.wallMs) <= options.withinS * 1000,
  );
  const isHere = near.some(({ leftNs }) => leftNs === null || leftNs >= one.inletNs);
  const finds = isHere ? all : [...all, { ...place, wallMs: one.wallMs, leftNs: null }].slice(-mostFinds);
  const passes = near.length + (isHere ? 0 : 1);
  return [{ ...state, finds: { ...state.finds, [gas]: finds }, on: { ...state.on, [kind]: passes } }, passes];
}

/** The newest position before that moment. Those of the moment itself stay out: what comes first of them is chance. */
function placeAt({ boot, track }: PassState, one: Turned): Place | null {
  if (boot !== one.boot) return null;
  const last = track.findLast(({ ns }) => ns < one.inletNs);
  return last && one.inletNs - last.ns <= oldestNs ? { lat: last.lat, lon: last.lon } : null;
}

function metres(a: Place, b: Place): number {
  const [, cos] = sinCosDeg(a.lat);
  const [north, east] = [(b.lat - a.lat) * degreeM, (b.lon - a.lon) * degreeM * cos];
  return Math.sqrt(north * north + east * east);
}
