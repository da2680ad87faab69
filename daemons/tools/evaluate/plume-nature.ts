/**
 * A nature for the simulation study of the source estimate, with errors that the estimate does not know of: the plume of a
 * minute is a mean of some narrow ones that meander, the anemometer stands askew and its wind is not the plume's, spreads
 * are not Draxler's, and the background wanders. The seeds are the study's own; nothing of it comes from recorded data.
 */
import type { Area } from '../../gas/plume/options.ts';
import type { Point, Row } from '../../gas/plume/row.ts';
import { normal, seeded, uniform } from '../simulate/random.ts';

/** Seven paths, six posts, a drone that sweeps the field, or one post alone. */
export type SceneKind = 'beams' | 'posts' | 'drone' | 'post';

/** Medians over the minutes: wind, m/s, and the tangents of its spread across and upwards. */
export interface Weather {
  readonly speedMs: number;
  /** Below it no minute falls. */
  readonly leastMs: number;
  readonly tanH: number;
  readonly tanV: number;
}
export const weathers = {
  usual: { speedMs: 2.8, leastMs: 0.8, tanH: 0.3, tanV: 0.16 },
  weak: { speedMs: 1.2, leastMs: 0.6, tanH: 0.4, tanV: 0.16 },
  strong: { speedMs: 6.5, leastMs: 0.8, tanH: 0.2, tanV: 0.12 },
  unstable: { speedMs: 2.2, leastMs: 0.8, tanH: 0.5, tanV: 0.32 },
  stable: { speedMs: 1.8, leastMs: 0.8, tanH: 0.12, tanV: 0.05 },
  calm: { speedMs: 0.3, leastMs: 0, tanH: 0.3, tanV: 0.16 },
} as const satisfies Readonly<Record<string, Weather>>;

export interface Scene {
  readonly area: Area;
  readonly rows: readonly Row[];
  /** Metres and mg/s. */
  readonly truth: { readonly x: number; readonly y: number; readonly rate: number };
}

interface Dice {
  even(from: number, to: number): number;
  bell(sd: number): number;
}

function diceOf(seed: number): Dice {
  let state = seeded(seed);
  return {
    even: (from, to) => {
      const [u, next] = uniform(state);
      state = next;
      return from + (to - from) * u;
    },
    bell: (sd) => {
      const [n, next] = normal(state);
      state = next;
      return sd * n;
    },
  };
}

const rad = Math.PI / 180;
/** Narrow plumes that a minute is made of. */
const puffs = 8;
/** Share of the direction's spread that is the width of one narrow plume; the rest is meander. */
const narrowShare = 0.4;

interface Truth {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly rate: number;
  readonly across: number;
  readonly up: number;
}

interface Instrument {
  readonly stream: string;
  readonly at: Point;
  readonly to: Point | null;
}

const side = { width: 60, height: 100 } as const;

/** Where the instruments are in minute `i`. */
function instrumentsOf(kind: SceneKind, dice: Dice): (i: number) => readonly Instrument[] {
  const { width, height } = side;
  const within = (margin: number): Point => ({
    x: dice.even(margin, width - margin),
    y: dice.even(margin, height - margin),
    z: 1.6,
  });
  if (kind === 'beams') {
    const at = { x: dice.even(15, 45), y: height - 5, z: 1.6 };
    const all = Array.from({ length: 7 }, (_, k) => ({
      stream: `beam-${k}`,
      at,
      to: { x: dice.even(5, 55), y: dice.even(0, 65), z: 1.6 },
    }));
    return () => all;
  }
  if (kind === 'posts' || kind === 'post') {
    const all = Array.from({ length: kind === 'post' ? 1 : 6 }, (_, k) => ({
      stream: `post-${k}`,
      at: within(5),
      to: null,
    }));
    return () => all;
  }
  // A drone sweeps the field in legs, some metres up, and hovers for each row.
  return (i) => {
    const leg = Math.floor(i / 8);
    const step = i % 8;
    const x = 4 + ((leg % 2 === 0 ? step : 7 - step) * (width - 8)) / 7;
    return [{ stream: 'drone', at: { x, y: 4 + ((leg * 13) % (height - 8)), z: 3 + (leg % 2) }, to: null }];
  };
}

/** mg/m3 at a point for one narrow plume. */
function puff(
  truth: Truth,
  { x, y, z }: Point,
  wind: { toRad: number; u: number; tanH: number; tanV: number },
): number {
  const [east, north] = [Math.cos(wind.toRad), Math.sin(wind.toRad)];
  const [dx, dy] = [x - truth.x, y - truth.y];
  const along = dx * east + dy * north;
  if (along <= 0.1) return 0;
  const across = dy * east - dx * north;
  const sy = truth.across * wind.tanH * along ** 0.95 + 0.3;
  const sz = truth.up * wind.tanV * along ** 0.95 + 0.3;
  const vertical = Math.exp(-((z - truth.z) ** 2) / (2 * sz * sz)) + Math.exp(-((z + truth.z) ** 2) / (2 * sz * sz));
  return (truth.rate * Math.exp(-(across * across) / (2 * sy * sy)) * vertical) / (2 * Math.PI * wind.u * sy * sz);
}

function meanOf(instrument: Instrument, at: (point: Point) => number): number {
  const { at: from, to } = instrument;
  if (!to) return at(from);
  // Finer than the narrowest plume that is told apart from its source.
  const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 0.7);
  let sum = 0;
  for (let s = 0; s < steps; s++) {
    const f = (s + 0.5) / steps;
    sum += at({ x: from.x + f * (to.x - from.x), y: from.y + f * (to.y - from.y), z: from.z + f * (to.z - from.z) });
  }
  return sum / steps;
}

/** One release with everything that goes wrong in it. */
export function sceneOf(kind: SceneKind, seed: number, minutes = 140, weather: Weather = weathers.usual): Scene {
  const dice = diceOf(seed * 7919 + { beams: 1, posts: 2, drone: 3, post: 4 }[kind]);
  const instruments = instrumentsOf(kind, dice);
  const truth: Truth = {
    x: dice.even(10, side.width - 10),
    y: dice.even(15, side.height - 15),
    z: dice.even(0.2, 1.5),
    rate: 300 * Math.exp(dice.bell(0.7)),
    across: Math.exp(dice.bell(0.3)),
    up: Math.exp(dice.bell(0.3)),
  };
  const askew = dice.bell(4);
  const slower = Math.exp(dice.bell(0.2));
  const mean = dice.even(0, 360);
  const wander = dice.even(15, 45);
  let [slow, offset, common] = [dice.bell(1), 0, 0];
  const own = new Map<string, number>();
  const rows = Array.from({ length: minutes }, (_, i): Row => {
    slow = 0.93 * slow + Math.sqrt(1 - 0.93 ** 2) * dice.bell(1);
    offset = 0.5 * offset + Math.sqrt(0.75) * dice.bell(5);
    common = 0.9 * common + Math.sqrt(1 - 0.81) * dice.bell(0.06);
    const toDeg = mean + wander * slow + dice.bell(8);
    const speedMs = Math.max(weather.leastMs, weather.speedMs * Math.exp(dice.bell(0.25)));
    const tanH = weather.tanH * Math.exp(dice.bell(0.25));
    const tanV = weather.tanV * Math.exp(dice.bell(0.2));
    const meander = Math.atan(tanH) * Math.sqrt(1 - narrowShare ** 2);
    const winds = Array.from({ length: puffs }, () => ({
      toRad: (toDeg + askew + offset) * rad + dice.bell(meander),
      u: speedMs * slower,
      tanH: tanH * narrowShare,
      tanV,
    }));
    const looks = instruments(i).map((one) => {
      if (!own.has(one.stream)) own.set(one.stream, dice.bell(0.1));
      const plume = meanOf(one, (point) => winds.reduce((sum, wind) => sum + puff(truth, point, wind), 0) / puffs);
      return { ...one, value: 1.35 + (own.get(one.stream) ?? 0) + common + plume + dice.bell(0.04) };
    });
    return { atS: i * 60, wind: { speedMs, fromDeg: (((270 - toDeg) % 360) + 360) % 360, tanH, tanV }, looks };
  });
  const area = { westM: -20, southM: -20, eastM: side.width + 20, northM: side.height + 20 };
  return { area, rows, truth: { x: truth.x, y: truth.y, rate: truth.rate } };
}
