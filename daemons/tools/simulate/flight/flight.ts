/** A simulated flight: rendered country under the pose of a flight log, a picture at a time, with the truth beside it. */
import { tracksIn } from '../../../core/feed/recorded.ts';
import type { Told } from '../../../core/feed/take.ts';
import { poseAt } from '../../../core/feed/track.ts';
import { anglesOf } from '../../../core/feed/turn.ts';
import { type Spot, spotAt } from '../../../core/geo/local.ts';
import { Fault } from '../../../core/ports/fault.ts';
import type { Picture, PixelBox } from '../../../core/values/frame.ts';
import type { Pose } from '../../../core/values/pose.ts';
import type { TrueCamera } from '../../evaluate/aerial-truth.ts';
import { type Optics, opticsOf, photographed } from '../aerial/camera.ts';
import type { Season } from '../aerial/palette.ts';
import { extentOf } from '../aerial/plot.ts';
import { sceneOf } from '../aerial/scene.ts';
import { seen } from '../aerial/seen.ts';
import { diceOf } from '../dice.ts';
import { type Country, pictureFrom } from './over.ts';

export interface FlightOptions {
  readonly told: readonly Told[];
  /** The first picture in the log's time, ns; how many, and how many a second. */
  readonly firstNs: number;
  readonly count: number;
  readonly perSecond: number;
  /** How far the country lies under the flight's mean height, metres. */
  readonly heightM: number;
  readonly seed: number;
  readonly season: Season;
  readonly plots: number;
}

/** A plot as it was planted: its middle, and the square around its plants. */
export interface TruePlot extends Spot {
  readonly northM: number;
  readonly eastM: number;
}

export interface SimulatedFlight {
  readonly middle: Spot;
  readonly aboveSeaM: number;
  readonly plots: readonly TruePlot[];
  readonly count: number;
  /** Errors: RangeError for a moment at which the camera does not look down. */
  picture(index: number): Picture;
}

/** A small camera that looks straight down from a level body: 50 degrees across, 8 cm a pixel from 80 m. */
export const lens = { width: 960, height: 720, fx: 1000, fy: 1000, cx: 480, cy: 360 } as const;
export const mount = { rollDeg: 0, pitchDeg: -90, yawDeg: 0 } as const;

/** Side of the country, and of the middle of it where plots lie, metres; what a pixel of it covers. */
const [sideM, plotsM, gsdM] = [224, 116, 0.1];

export interface Above {
  readonly picture: Picture;
  readonly gsdM: number;
  readonly optics: Optics;
  /** Of plots, metres from the left and the top of the picture. */
  readonly extents: readonly PixelBox[];
}

/** The country as no camera blurs it, and the camera of its day. */
export function fromAbove({ seed, season, plots }: Pick<FlightOptions, 'seed' | 'season' | 'plots'>): Above {
  const scene = sceneOf({ seed, sideM, season, plots, marginM: (sideM - plotsM) / 2 });
  const pixels = Math.round(sideM / gsdM);
  const { rgb } = seen(scene, { x0: 0, y0: 0, width: pixels, height: pixels, gsdM });
  return {
    picture: { width: pixels, height: pixels, rgb: new Uint8Array(rgb.buffer) },
    ...{ gsdM, optics: opticsOf(diceOf(seed ^ 0x3c6ef372)), extents: scene.plots.map(extentOf) },
  };
}

/** Errors: Fault `config` when the log does not tell where the drone was and how it lay in all of that time. */
export function simulatedFlight(options: FlightOptions): SimulatedFlight {
  const { told, firstNs, count, perSecond, heightM, seed, season, plots } = options;
  const tracks = tracksIn(told);
  const poses = Array.from({ length: count }, (_, i) => known(poseAt(tracks, firstNs + (i * 1e9) / perSecond), i));
  const mean = (of: (pose: Known) => number): number => poses.reduce((sum, one) => sum + of(one), 0) / count;
  const middle = { lat: mean(({ lat }) => lat), lon: mean(({ lon }) => lon) };
  const aboveSeaM = Math.round(mean(({ height }) => height) - heightM);
  const above = fromAbove({ seed, season, plots });
  const country: Country = { middle, aboveSeaM, picture: above.picture, gsdM };
  return {
    ...{ middle, aboveSeaM, count },
    plots: above.extents.map(({ x0, y0, x1, y1 }) => {
      const at = spotAt(middle, [sideM / 2 - (y0 + y1) / 2, (x0 + x1) / 2 - sideM / 2]);
      return { ...at, northM: y1 - y0, eastM: x1 - x0 };
    }),
    picture: (index) => {
      const pose = poses[index];
      if (!pose) throw new RangeError(`picture ${index} of ${count}`);
      const { rgb, ...size } = pictureFrom(country, cameraAt(pose), lens);
      // No two pictures of a sensor have the same noise.
      return photographed(
        { ...size, rgb: new Uint8ClampedArray(rgb.buffer) },
        { ...above.optics, seed: above.optics.seed + index },
      );
    },
  };
}

interface Known extends Spot {
  readonly height: number;
  readonly body: TrueCamera['body'];
}

function known({ position, attitude }: Pose, index: number): Known {
  if (!position || !attitude)
    throw new Fault(
      'config',
      `picture ${index}: the log tells no ${position ? 'attitude' : 'position'} for its moment`,
    );
  const { altM } = position;
  if (altM === null)
    throw new Fault('config', `picture ${index}: the log tells no height above the sea for its moment`);
  const { rollDeg, pitchDeg, yawDeg } = anglesOf(attitude.q);
  return { lat: position.lat, lon: position.lon, height: altM, body: [rollDeg, pitchDeg, yawDeg] };
}

const cameraAt = (pose: Known): TrueCamera => ({
  ...pose,
  mount: [mount.rollDeg, mount.pitchDeg, mount.yawDeg],
  f: [lens.fx, lens.fy],
  centre: [lens.cx, lens.cy],
  ...{ k: [0, 0, 0], p: [0, 0] },
});
