/**
 * The air at the simulated post, as a pure function of seed and time: every instrument process computes the same world.
 * Nothing here is measured; it is meant to be plausible enough to exercise the whole way.
 */

/** Volume fractions in ppm of what the instruments react to. */
export interface Gases {
  readonly ammonia: number;
  readonly acetone: number;
  readonly toluene: number;
  readonly ethanol: number;
  readonly exhaust: number;
}

export interface Air {
  readonly temperatureC: number;
  readonly relativePercent: number;
  readonly windMs: number;
  /** Degrees from true north that the wind comes FROM. */
  readonly windFromDeg: number;
  readonly ppm: Gases;
}

/** Something that happens: the truth against which alerts can be held. */
export interface Episode {
  readonly kind: 'hidden-laboratory' | 'solvent-store' | 'lorry' | 'painter';
  readonly target: boolean;
  readonly startS: number;
  readonly endS: number;
  /** At the post, in the middle of the plume, in ppm. */
  readonly peak: Partial<Gases>;
}

const nothing: Gases = { ammonia: 0, acetone: 0, toluene: 0, ethanol: 0, exhaust: 0 };

/** A repeating programme: what comes by, when, and for how long. The gaps are long enough for an alert to clear. */
const programme: readonly Omit<Episode, 'endS'>[] = [
  { kind: 'hidden-laboratory', target: true, startS: 10, peak: { ammonia: 9, acetone: 14 } },
  { kind: 'lorry', target: false, startS: 62, peak: { exhaust: 30 } },
  { kind: 'solvent-store', target: true, startS: 90, peak: { toluene: 18 } },
  { kind: 'painter', target: false, startS: 142, peak: { ethanol: 40 } },
];
const programmeS = 180;
const plumeS = 36;
const lorryS = 14;

/** The source lies this far upwind; crosswind spread as in Briggs' open-country class C near the ground. */
const sourceM = 120;
const sigmaYM = (0.11 * sourceM) / Math.sqrt(1 + 0.0001 * sourceM);
/** How far the plume swings past the post during an episode, to either side. */
const swingDeg = 20;

/** A number in [0, 1) from integers: a hash, so that no state is carried. */
function chance(seed: number, index: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/** Slow wandering around zero, about -1 to 1: three sines with seeded phases, of periods in seconds. */
function wander(seed: number, channel: number, t: number, periods: readonly [number, number, number]): number {
  return (
    periods.reduce((sum, period, i) => sum + Math.sin(2 * Math.PI * (t / period + chance(seed, channel * 8 + i))), 0) /
    3
  );
}

/**
 * Episodes of the round that `t` lies in; none goes on into the next. Of this round alone: instruments that run for a year answer as soon
 * as on their first day. Strength varies with the seed by a quarter either way.
 */
export function episodesAround(seed: number, t: number): Episode[] {
  const round = Math.floor(t / programmeS);
  if (round < 0) return [];
  return programme.map((one, i) => {
    const startS = round * programmeS + one.startS;
    const strength = 0.75 + 0.5 * chance(seed, round * programme.length + i);
    const peak = Object.fromEntries(Object.entries(one.peak).map(([gas, ppm]) => [gas, ppm * strength]));
    return { ...one, startS, endS: startS + (one.kind === 'lorry' ? lorryS : plumeS), peak };
  });
}

/** The world of one seed: seconds since its start -> the air at the post. */
export function world(seed: number): (t: number) => Air {
  return (t) => {
    const windMs = 2.5 + 0.6 * wander(seed, 1, t, [37, 61, 131]);
    const meanFromDeg = 250 + 10 * wander(seed, 2, t, [600, 900, 1700]);
    const meanderDeg = 2 * wander(seed, 3, t, [5, 9, 17]);
    const background: Gases = { ...nothing, ammonia: 0.15 + 0.08 * wander(seed, 4, t, [50, 110, 240]), exhaust: 0.2 };
    const passes = episodesAround(seed, t).filter((one) => one.startS <= t && t < one.endS);
    const ppm = passes.reduce((sum, one) => add(sum, one.peak, passing(one, t, meanderDeg)), background);
    return {
      temperatureC: 14 + 6 * Math.sin((2 * Math.PI * t) / 86_400) + 0.5 * wander(seed, 5, t, [300, 700, 1900]),
      relativePercent: 48 + 4 * wander(seed, 6, t, [400, 800, 2100]),
      windMs,
      windFromDeg: (meanFromDeg + meanderDeg + 360) % 360,
      ppm,
    };
  };
}

/** 0 to 1: how much of the plume's middle is at the post while it swings by (Gaussian across the wind). */
function passing(one: Episode, t: number, meanderDeg: number): number {
  const share = (t - one.startS) / (one.endS - one.startS);
  if (one.kind === 'lorry') return Math.sin(Math.PI * share) ** 2;
  const offDeg = -swingDeg + 2 * swingDeg * share + meanderDeg;
  const acrossM = sourceM * Math.sin((offDeg * Math.PI) / 180);
  return Math.exp(-(acrossM ** 2) / (2 * sigmaYM ** 2));
}

const add = (sum: Gases, peak: Partial<Gases>, share: number): Gases => ({
  ammonia: sum.ammonia + (peak.ammonia ?? 0) * share,
  acetone: sum.acetone + (peak.acetone ?? 0) * share,
  toluene: sum.toluene + (peak.toluene ?? 0) * share,
  ethanol: sum.ethanol + (peak.ethanol ?? 0) * share,
  exhaust: sum.exhaust + (peak.exhaust ?? 0) * share,
});
