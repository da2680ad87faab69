/**
 * A post and a source near it: a lorry passes first, then gas is released in a wind that veers to and fro, so that the plume
 * sweeps over the post again and again. Every instrument process computes the same from seed and time. Written apart from
 * the estimate: a plume narrower than Draxler's, with a meander of its own that no anemometer tells. Simulated, all of it.
 */
import type { Air, Gases } from './world.ts';

/** Seconds of the scene, metres from the post, and what is given off in g/s. */
export const release = {
  lorry: { startS: 12, endS: 26, exhaust: 30 },
  startS: 50,
  endS: 290,
  eastM: -58,
  northM: -18,
  heightM: 0.8,
  ammoniaGS: 2.4,
  acetoneGS: 5,
} as const;

/** Of the post's inlet above the ground, m. */
const inletM = 2;
/** Where the wind comes from in the mean: the source's own bearing and a little beside it, so that the sweep is lopsided. */
const meanFromDeg = 260;
/** How far and how fast the wind veers. Where in its swing it is when the gas comes is up to the seed: a source does not wait. */
const swing = { deg: 42, periodS: 96 } as const;
/** mg/m3 to ppm at 25 C: molar volume over molar mass. */
const ppmPerMg = { ammonia: 24.45 / 17.031, acetone: 24.45 / 58.08 } as const;

const rad = Math.PI / 180;
const wave = (t: number, periodS: number, phase: number): number => Math.sin(2 * Math.PI * (t / periodS + phase));

/** A number in [0, 1) of a seed. */
const phaseOf = (seed: number, channel: number): number => {
  const h = Math.imul(seed * 31 + channel + 1, 0x9e3779b1);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
};

export function releaseScene(seed: number): (t: number) => Air {
  const phase = phaseOf(seed, 10);
  return (t) => {
    const windMs = 3 + 0.4 * wave(t, 41, phaseOf(seed, 1)) + 0.2 * wave(t, 13, phaseOf(seed, 2));
    const gustDeg = 3 * wave(t, 7, phaseOf(seed, 3)) + 2 * wave(t, 3.1, phaseOf(seed, 4));
    const fromDeg = meanFromDeg + swing.deg * wave(t, swing.periodS, phase) + gustDeg;
    // The air on its way from the source is not the air at the anemometer.
    const onTheWay = fromDeg + 2.5 * wave(t, 5.3, phaseOf(seed, 6));
    const isOn = t >= release.startS && t < release.endS;
    const share = isOn ? plume(onTheWay, windMs) : 0;
    const { startS, endS, exhaust } = release.lorry;
    const passing = t >= startS && t < endS ? Math.sin((Math.PI * (t - startS)) / (endS - startS)) ** 2 : 0;
    const ppm: Gases = {
      ammonia: 0.12 + 0.04 * wave(t, 53, phaseOf(seed, 7)) + share * release.ammoniaGS * 1000 * ppmPerMg.ammonia,
      acetone: share * release.acetoneGS * 1000 * ppmPerMg.acetone,
      toluene: 0,
      ethanol: 0,
      exhaust: 0.2 + exhaust * passing,
    };
    return {
      temperatureC: 14 + 0.2 * wave(t, 300, phaseOf(seed, 8)),
      relativePercent: 48 + wave(t, 400, phaseOf(seed, 9)),
      windMs,
      windFromDeg: ((fromDeg % 360) + 360) % 360,
      ppm,
    };
  };
}

/** s/m3 at the inlet: mg/m3 of each mg/s. */
function plume(fromDeg: number, windMs: number): number {
  const [east, north] = [-Math.sin(fromDeg * rad), -Math.cos(fromDeg * rad)];
  const along = -release.eastM * east - release.northM * north;
  if (along <= 1) return 0;
  const across = -release.northM * east + release.eastM * north;
  const [sy, sz] = [0.11 * along ** 0.97, 0.07 * along ** 0.95 + 0.2];
  const image = (h: number): number => Math.exp(-(h * h) / (2 * sz * sz));
  const vertical = image(inletM - release.heightM) + image(inletM + release.heightM);
  return (Math.exp(-(across * across) / (2 * sy * sy)) * vertical) / (2 * Math.PI * windMs * sy * sz);
}
