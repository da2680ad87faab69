/** `fieldpost evaluate aerial`: how far off the places on the ground are, and whether they are as sure as they say. */
import { distance2, k90 } from '../../camera/ground/covariance.ts';
import { isPlaced, locate, lookOf } from '../../camera/ground/locate.ts';
import type { Camera } from '../../camera/ground/scene.ts';
import { about, chained, turnOfDeg } from '../../camera/ground/turning.ts';
import { metresTo, spotAt } from '../../core/geo/local.ts';
import type { Pose } from '../../core/values/pose.ts';
import { normal, seeded, uniform } from '../simulate/random.ts';
import { apartM, bodyMatrix, seenAt, type TrueCamera } from './aerial-truth.ts';
import { type Figure, printed } from './figures.ts';

/** What a multicopter with a consumer's receiver and autopilot states (reference: k=1, heights in metres, 10 m/s). */
const stated = { attitudeDeg: 1, yawDeg: 2, heightM: 3, gnssM: 2, syncMs: 50, speedMs: 10, rateDegS: 3 } as const;
const lens = {
  ...{ width: 4056, height: 3040, fx: 3870, fy: 3868, cx: 2031.5, cy: 1517.2 },
  ...{ k1: -0.09, k2: 0.06, k3: -0.01, p1: 0.0007, p2: -0.0004 },
};
const usualTrials = 4000;
const aboveM = 100;

const cameraAt = (pitchDeg: number): Camera => ({
  lens,
  mount: { on: 'body', rollDeg: 0, pitchDeg, yawDeg: 0 },
  u: {
    mountDeg: 0,
    headingDeg: Math.sqrt(stated.yawDeg ** 2 - stated.attitudeDeg ** 2),
    focal: 0.002,
    centrePx: 2,
    sightPx: 2,
    syncMs: stated.syncMs,
  },
});

interface View {
  readonly pitchDeg: number;
  /** Places are drawn so far to all sides of the point that the middle of the picture is meant to see, metres. */
  readonly aroundM: number;
}

interface Trial {
  readonly errorM: number;
  readonly inEllipse: boolean;
  readonly inCircle: boolean;
}

interface Draws {
  readonly gauss: (sigma: number) => number;
  readonly flat: (low: number, high: number) => number;
}

function drawing(seed: number): Draws {
  let random = seeded(seed);
  return {
    gauss: (sigma) => {
      const [value, next] = normal(random);
      random = next;
      return sigma * value;
    },
    flat: (low, high) => {
      const [value, next] = uniform(random);
      random = next;
      return low + (high - low) * value;
    },
  };
}

/** One place that the true camera sees, and where the box puts it by what it is told; null when it is not in the picture. */
function trial({ gauss, flat }: Draws, { pitchDeg, aroundM }: View): Trial | null | 'refused' {
  const camera = cameraAt(pitchDeg);
  const { u } = camera;
  const [lat, lon] = [flat(-60, 60), flat(-180, 180)];
  const [roll, pitch, yaw] = [gauss(4), gauss(4), flat(0, 360)];
  const true_: TrueCamera = {
    ...{ lat, lon, height: aboveM, body: [roll, pitch, yaw], mount: [0, pitchDeg, 0] },
    f: [lens.fx * (1 + gauss(u.focal)), lens.fy * (1 + gauss(u.focal))],
    centre: [lens.cx + gauss(u.centrePx), lens.cy + gauss(u.centrePx)],
    k: [lens.k1, lens.k2, lens.k3],
    p: [lens.p1, lens.p2],
  };
  const ahead = aboveM * Math.tan(((90 + pitchDeg) * Math.PI) / 180);
  const [nose, side] = [bodyMatrix(0, 0, yaw)[0][0], bodyMatrix(0, 0, yaw)[1][0]];
  const place = {
    ...spotAt({ lat, lon }, [ahead * nose + flat(-aroundM, aroundM), ahead * side + flat(-aroundM, aroundM)]),
    height: 0,
  };
  const seen = seenAt(true_, place);
  if (!seen) return null;
  const pixel = [seen[0] + gauss(u.sightPx), seen[1] + gauss(u.sightPx)] as const;
  if (pixel[0] < 0 || pixel[0] > lens.width || pixel[1] < 0 || pixel[1] > lens.height) return null;

  const gnss = [gauss(stated.gnssM / Math.SQRT2), gauss(stated.gnssM / Math.SQRT2)] as const;
  const heightM = aboveM + gauss(stated.heightM);
  const course = flat(0, 2 * Math.PI);
  const rates = [gauss(stated.rateDegS), gauss(stated.rateDegS), gauss(stated.rateDegS)] as const;
  const wrong = [gauss(stated.attitudeDeg), gauss(stated.attitudeDeg), gauss(stated.yawDeg)] as const;
  const off = [about([1, 0, 0], wrong[0]), about([0, 1, 0], wrong[1]), about([0, 0, 1], wrong[2])].reduce(chained);
  /** What the box is told about an instant `s` after the true one. */
  const told = (s: number): Pose => ({
    monoNs: s * 1e9,
    position: {
      ...{ monoNs: s * 1e9, altM: heightM, aboveHomeM: heightM, velocity: null, ageMs: 0 },
      ...spotAt({ lat, lon }, [
        gnss[0] + stated.speedMs * s * Math.cos(course),
        gnss[1] + stated.speedMs * s * Math.sin(course),
      ]),
      ...{ uHorizontalM: stated.gnssM, uVerticalM: stated.heightM },
    },
    attitude: {
      ...{ monoNs: s * 1e9, uDeg: stated.attitudeDeg, ageMs: 0 },
      q: chained(off, turnOfDeg(roll + rates[0] * s, pitch + rates[1] * s, yaw + rates[2] * s)),
    },
    gimbal: null,
  });
  const look = lookOf({
    ...{ camera, ground: { kind: 'flat', aboveSeaM: null, uM: 0 } },
    poseAt: (monoNs) => told(monoNs / 1e9),
    monoNs: gauss(stated.syncMs) * 1e6,
    most: { ageMs: 1000, rangeM: 5000, ceM: 1000 },
  });
  if (typeof look === 'string') return 'refused';
  const found = locate(look, pixel);
  if (!isPlaced(found)) return 'refused';
  return {
    errorM: apartM(found, place),
    inEllipse: distance2(found.covariance, metresTo(found, place)) <= k90 * k90,
    inCircle: apartM(found, place) <= found.ceM,
  };
}

function trialsAt(
  view: View,
  seed: number,
  trials: number,
): { readonly done: readonly Trial[]; readonly refused: number } {
  const draws = drawing(seed);
  const done: Trial[] = [];
  let refused = 0;
  while (done.length < trials) {
    const one = trial(draws, view);
    if (one === 'refused') refused += 1;
    else if (one) done.push(one);
  }
  return { done, refused };
}

const share = (all: readonly Trial[], of: (one: Trial) => boolean): number => all.filter(of).length / all.length;
const quantile = (all: readonly Trial[], q: number): number =>
  [...all].sort((a, b) => a.errorM - b.errorM)[Math.floor(q * all.length)]?.errorM ?? Number.NaN;

/** Straight down: within 10 m of the point under the camera. Elsewhere: all over the picture. */
const views = {
  'aerial.ground': { pitchDeg: -90, aroundM: 10, where: 'places around the point straight below' },
  'aerial.ground.picture': { pitchDeg: -90, aroundM: 150, where: 'places all over a picture straight down' },
  'aerial.ground.aslant': { pitchDeg: -45, aroundM: 150, where: 'places all over a picture 45 degrees ahead' },
} as const;

export function groundFigures(id: keyof typeof views, seed: number, trials = usualTrials): readonly Figure[] {
  const { where, ...view } = views[id];
  const { done, refused } = trialsAt(view, seed, trials);
  const median = quantile(done, 0.5);
  const rms = Math.sqrt(done.reduce((sum, { errorM }) => sum + errorM ** 2, 0) / done.length);
  const within = share(done, ({ inEllipse }) => inEllipse);
  const note = `median of ${done.length} ${where} from ${aboveM} m; root mean square ${rms.toFixed(2)} m, nine in ten within ${quantile(done, 0.9).toFixed(2)} m, ${refused} refused; stated: attitude ${stated.attitudeDeg}, yaw ${stated.yawDeg} degrees, height ${stated.heightM} m, receiver ${stated.gnssM} m, sync ${stated.syncMs} ms at ${stated.speedMs} m/s; truth by Earth-centred vectors; simulated`;
  const coverage: Figure = {
    ...{ id: `${id}.coverage`, value: within, unit: 'share', baseline: null, ratio: null, reach: '0.85 to 0.95' },
    ok: within >= 0.85 && within <= 0.95,
    note: `true places inside the stated 90 % ellipse; ${share(done, ({ inCircle }) => inCircle).toFixed(3)} inside the circle`,
  };
  const error = printed(id, median, 'm', note);
  return [id === 'aerial.ground' ? { ...error, reach: '<= 3', ok: median <= 3 } : error, coverage];
}

export const evaluateAerial = async (): Promise<readonly Figure[]> => [
  ...groundFigures('aerial.ground', 1),
  ...groundFigures('aerial.ground.picture', 2),
  ...groundFigures('aerial.ground.aslant', 3),
];
