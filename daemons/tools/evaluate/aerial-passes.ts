/**
 * A flight over a place, as pictures one after the other with what the box is told of each: the same land from a camera that
 * went on. Level, north up; nothing leans and no light changes, so looks differ by where cells of the network fall, by scale,
 * and by noise: less than real ones do.
 */

import type { CameraProfile } from '../../camera/config.ts';
import type { Lens } from '../../camera/ground/lens.ts';
import type { Scene } from '../../camera/ground/scene.ts';
import { turnOf } from '../../core/feed/turn.ts';
import { type Spot, spotAt } from '../../core/geo/local.ts';
import type { Picture, PixelBox } from '../../core/values/frame.ts';
import type { Pose } from '../../core/values/pose.ts';
import { cut } from '../../core/vision/resize.ts';
import { type Optics, opticsOf, photographed } from '../simulate/aerial/camera.ts';
import type { View } from '../simulate/aerial/canvas.ts';
import { type Scene as Land, mapM } from '../simulate/aerial/scene.ts';
import { seen } from '../simulate/aerial/seen.ts';
import { type Dice, diceOf } from '../simulate/dice.ts';

export interface Passing {
  /** Pictures, and how far the camera goes between two, metres. */
  readonly looks: number;
  readonly stepM: number;
}

/** One picture of a pass. */
export interface PassLook {
  readonly picture: Picture;
  /** What a pixel truly covers. */
  readonly gsdCm: number;
  readonly plots: readonly PixelBox[];
  readonly green: Uint8Array;
  /** What the box is told of where it was taken from. */
  scene(section: Pick<CameraProfile, 'most'>): Scene;
  landAt(box: PixelBox): string;
}

export interface Pass {
  readonly looks: number;
  /** Ground that every one of its pictures shows, km2. */
  readonly km2: number;
  /** Each call makes it anew. */
  look(index: number): PassLook;
}

/** Focal length in pixels: 60 m above ground a pixel covers 2 cm. */
const focalPx = 3000;
export const home: Spot = { lat: 44.5, lon: 73.4 };
/** A picture each so often; at 10 m/s that is 4 m. */
const everyNs = 4e8;

/**
 * What a consumer's receiver and autopilot are off by (k=1), as `aerial.ground` has it: of a flight, and of each picture beside it.
 * `height` in metres, `place` on each axis; `scale` is what the height truly changes by.
 */
const off = {
  flight: { tiltDeg: 0.8, yawDeg: 1.7, heightM: 2.5, placeM: 1.4 },
  picture: { tiltDeg: 0.5, yawDeg: 0.5, heightM: 0.3, placeM: 0.3 },
  scale: 0.01,
  asideM: 0.5,
} as const;

interface Errors {
  readonly roll: number;
  readonly pitch: number;
  readonly yaw: number;
  readonly heightM: number;
  readonly north: number;
  readonly east: number;
}

const errorsOf = (dice: Dice, { tiltDeg, yawDeg, heightM, placeM }: (typeof off)['flight' | 'picture']): Errors => ({
  ...{ roll: tiltDeg * dice.bell(), pitch: tiltDeg * dice.bell(), yaw: yawDeg * dice.bell() },
  ...{ heightM: heightM * dice.bell(), north: placeM * dice.bell(), east: placeM * dice.bell() },
});

/** Where the pictures of a pass are taken: steps along the middle, a little aside, a little higher or lower. */
function* stepsOf({ looks, stepM }: Passing, dice: Dice): Iterable<{ aside: number; along: number; scale: number }> {
  for (let i = 0; i < looks; i++)
    yield {
      aside: off.asideM * dice.bell(),
      along: (i - (looks - 1) / 2) * stepM,
      scale: 1 + off.scale * dice.bell(),
    };
}

/** `frame`: what a picture shows at the height that is flown, in pixels; half way its middle is `middle`, or that of the land, in metres. */
export function passOver(
  land: Land,
  passing: Passing,
  frame: {
    readonly width: number;
    readonly height: number;
    readonly gsdM: number;
    readonly plots: readonly PixelBox[];
    readonly middle?: readonly [x: number, y: number];
  },
): Pass {
  const { width, height, gsdM, middle = [land.sideM / 2, land.sideM / 2] } = frame;
  const views = [...stepsOf(passing, diceOf(land.seed ^ 0x1b873593))].map(({ aside, along, scale }): View => {
    const by = gsdM * scale;
    const [x, y] = [middle[0] + aside, middle[1] + along];
    return { x0: x - (width * by) / 2, y0: y - (height * by) / 2, width, height, gsdM: by };
  });
  const optics = opticsOf(diceOf(land.seed ^ 0x3c6ef372));
  const patchAt = (x: number, y: number): string => {
    const patch = land.patches[land.map[Math.floor(y / mapM) * land.mapSide + Math.floor(x / mapM)] ?? -1];
    return `${patch?.use} in ${land.season}`;
  };
  return passOf(views, land.seed, (view, index) => {
    const sight = seen(land, view);
    return {
      picture: photographed(sight, noisy(optics, index)),
      green: sight.green,
      plots: frame.plots.map((box) => within(box, view)),
      landAt: ({ x0, y0, x1, y1 }) =>
        patchAt(view.x0 + ((x0 + x1) / 2) * view.gsdM, view.y0 + ((y0 + y1) / 2) * view.gsdM),
    };
  });
}

/** What a sensor adds to a picture that was one already. */
const plain = { gain: [1, 1, 1], lift: 0, saturation: 1, blur: 0, noise: 1.5, pairs: false } as const;

/** Over a picture in the place of land: by whole pixels, so that nothing of it is smoothed. `plots` in its pixels. */
export function passOverPicture(
  picture: Picture,
  passing: Passing,
  { seed, gsdM, plots }: { readonly seed: number; readonly gsdM: number; readonly plots: readonly PixelBox[] },
): Pass {
  const px = (metres: number): number => Math.round(metres / gsdM);
  const [spareX, spareY] = [px(2), px((passing.looks - 1) * passing.stepM)];
  const size = { width: picture.width - spareX, height: picture.height - spareY };
  const views = [...stepsOf(passing, diceOf(seed ^ 0x1b873593))].map(({ aside, along }): View => {
    const at = (spare: number, metres: number): number =>
      Math.max(0, Math.min(spare, Math.round(spare / 2) + px(metres)));
    return { x0: at(spareX, aside) * gsdM, y0: at(spareY, along) * gsdM, ...size, gsdM };
  });
  return passOf(views, seed, (view, index) => {
    const [x0, y0] = [px(view.x0), px(view.y0)];
    const { rgb } = cut(picture, { x0, y0, x1: x0 + size.width, y1: y0 + size.height });
    return {
      picture: photographed({ ...size, rgb: new Uint8ClampedArray(rgb) }, noisy({ ...plain, seed }, index)),
      green: new Uint8Array(0),
      plots: plots.map((box) => ({ x0: box.x0 - x0, y0: box.y0 - y0, x1: box.x1 - x0, y1: box.y1 - y0 })),
      landAt: () => 'a real tile',
    };
  });
}

/** No two pictures of a sensor have the same noise. */
const noisy = (optics: Optics, index: number): Optics => ({ ...optics, seed: optics.seed + index });

/** A box in metres of the land as one in pixels of a view. */
const within = (at: PixelBox, { x0, y0, gsdM }: View): PixelBox => ({
  ...{ x0: (at.x0 - x0) / gsdM, y0: (at.y0 - y0) / gsdM },
  ...{ x1: (at.x1 - x0) / gsdM, y1: (at.y1 - y0) / gsdM },
});

type Made = Pick<PassLook, 'picture' | 'green' | 'plots' | 'landAt'>;

function passOf(views: readonly View[], seed: number, make: (view: View, index: number) => Made): Pass {
  const dice = diceOf(seed ^ 0x85ebca6b);
  const flight = errorsOf(dice, off.flight);
  const errors = views.map(() => errorsOf(dice, off.picture));
  return {
    looks: views.length,
    km2: commonM2(views) / 1e6,
    look: (index) => {
      const view = views[index];
      const picture = errors[index];
      if (!view || !picture) throw new RangeError(`look ${index} of ${views.length}`);
      return {
        ...make(view, index),
        gsdCm: 100 * view.gsdM,
        scene: ({ most }) => ({
          ...{ camera: cameraOf(view), ground: { kind: 'flat', aboveSeaM: null, uM: 1 }, most },
          poseAt: (monoNs) => told(view, { flight, picture }, monoNs),
          monoNs: stampOf(index),
        }),
      };
    },
  };
}

export const stampOf = (index: number): number => (index + 1) * everyNs;

function commonM2(views: readonly View[]): number {
  const most = (of: (view: View) => number): number => Math.max(...views.map(of));
  const least = (of: (view: View) => number): number => Math.min(...views.map(of));
  const wide = least(({ x0, width, gsdM }) => x0 + width * gsdM) - most(({ x0 }) => x0);
  const high = least(({ y0, height, gsdM }) => y0 + height * gsdM) - most(({ y0 }) => y0);
  return Math.max(0, wide) * Math.max(0, high);
}

function cameraOf({ width, height }: View): Scene['camera'] {
  const lens: Lens = {
    width,
    height,
    fx: focalPx,
    fy: focalPx,
    cx: width / 2,
    cy: height / 2,
    k1: 0,
    k2: 0,
    k3: 0,
    p1: 0,
    p2: 0,
  };
  return {
    lens,
    mount: { on: 'body', rollDeg: 0, pitchDeg: -90, yawDeg: 0 },
    u: { mountDeg: 0, headingDeg: 1.7, focal: 0.002, centrePx: 2, sightPx: 2, syncMs: 0 },
  };
}

const rad = Math.PI / 180;

function told(
  { x0, y0, width, height, gsdM }: View,
  { flight, picture }: { readonly flight: Errors; readonly picture: Errors },
  monoNs: number,
): Pose {
  const sum = (of: (errors: Errors) => number): number => of(flight) + of(picture);
  const above = focalPx * gsdM + sum(({ heightM }) => heightM);
  const [east, south] = [x0 + (width * gsdM) / 2, y0 + (height * gsdM) / 2];
  return {
    monoNs,
    position: {
      ...{ monoNs, altM: above, aboveHomeM: above, velocity: null, ageMs: 0 },
      ...spotAt(home, [sum(({ north }) => north) - south, sum((errors) => errors.east) + east]),
      ...{ uHorizontalM: 2, uVerticalM: 3 },
    },
    attitude: {
      ...{ monoNs, uDeg: 1, ageMs: 0 },
      q: turnOf(sum(({ roll }) => roll) * rad, sum(({ pitch }) => pitch) * rad, sum(({ yaw }) => yaw) * rad),
    },
    gimbal: null,
  };
}
