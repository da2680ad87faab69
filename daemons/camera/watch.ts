/** Frame after frame: what is looked at within a budget, and what is not well with a picture. */
import type { VisionModel } from '../core/model/vision.ts';
import type { Frame, Sighting } from '../core/values/frame.ts';
import { type TileCost, tilesWithin, unknownCost, withTiles } from '../core/vision/budget.ts';
import { type Exposure, exposed, noExposure, type PictureFlag } from '../core/vision/exposure.ts';
import { gateOf, type Vantage } from '../core/vision/gate.ts';
import { greenOf, mostPromising } from '../core/vision/promise.ts';
import { lookAt } from './look.ts';

export interface Watch {
  readonly cost: TileCost;
  readonly exposure: Exposure;
}

export const noWatch: Watch = { cost: unknownCost, exposure: noExposure };

export interface WatchOptions {
  readonly model: VisionModel;
  /** What a frame may take; the greenest windows come first. null: all windows. */
  readonly budgetMs: number | null;
  readonly ios: number;
  /** Milliseconds of a clock that only goes forward. */
  nowMs(): number;
}

export interface Seen {
  readonly sightings: readonly Sighting[];
  readonly windows: { readonly all: number; readonly looked: number };
  readonly flags: readonly PictureFlag[];
  /** For the reader: why it was not looked at, or what is not known; null when all is well. */
  readonly why: string | null;
  readonly ms: number;
}

/** In a picture with one of these nothing can be seen, or nothing new: a sighting in it would be no news. */
const blind: readonly PictureFlag[] = ['black', 'flat', 'stuck'];

/** Errors: those of `VisionModel.look`. */
export async function watchFrame(
  state: Watch,
  { picture }: Pick<Frame, 'picture'>,
  vantage: Vantage,
  { model, budgetMs, ios, nowMs }: WatchOptions,
): Promise<readonly [Watch, Seen]> {
  const from = nowMs();
  const [exposure, flags] = exposed(state.exposure, picture);
  const gate = gateOf(model.card.ground ?? null, vantage);
  const no = flags.find((flag) => blind.includes(flag));
  if (!gate.look || no) {
    const why = gate.look ? `the picture is ${no}` : gate.why;
    const seen = { sightings: [], windows: { all: 0, looked: 0 }, flags, why, ms: nowMs() - from };
    return [{ ...state, exposure }, seen];
  }
  const look = await lookAt(picture, model, {
    gsdCm: vantage.gsdCm,
    ios,
    ...(budgetMs === null
      ? {}
      : {
          choose: (of, windows) => {
            const count = tilesWithin(budgetMs, state.cost);
            return count >= windows.length ? windows : mostPromising(windows, greenOf(of, windows), count);
          },
        }),
  });
  const ms = nowMs() - from;
  return [
    { exposure, cost: withTiles(state.cost, look.windows.looked, ms) },
    { ...look, flags, why: gate.why, ms },
  ];
}
