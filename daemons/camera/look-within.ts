/** One picture within what a frame may take, and only from where the model was made to look. */
import type { VisionModel } from '../core/model/vision.ts';
import type { Picture } from '../core/values/frame.ts';
import { type TileCost, tilesWithin, withTiles } from '../core/vision/budget.ts';
import { gateOf, type Vantage } from '../core/vision/gate.ts';
import { greenOf, mostPromising } from '../core/vision/promise.ts';
import type { Infrared } from '../core/vision/vegetation.ts';
import { type Look, lookAt } from './look.ts';

export interface LookWithin {
  readonly model: VisionModel;
  /** What a frame may take; the greenest windows come first. null: all windows. */
  readonly budgetMs: number | null;
  readonly ios: number;
  /** As the board has it of the camera. */
  readonly infrared?: Infrared | undefined;
  /** Milliseconds of a clock that only goes forward. */
  nowMs(): number;
}

export interface LookedWithin extends Look {
  readonly isAsked: boolean;
  /** For the reader: why the model was not asked, or what is not known that would say whether it was made for this; null: all is well. */
  readonly why: string | null;
}

const notLooked = { sightings: [], windows: { all: 0, looked: 0 } } as const;

/** `cost`: of windows before this picture. Errors: those of `VisionModel.look`. */
export async function lookWithin(
  cost: TileCost,
  { picture, vantage }: { readonly picture: Picture; readonly vantage: Vantage },
  { model, budgetMs, ios, infrared, nowMs }: LookWithin,
): Promise<readonly [TileCost, LookedWithin]> {
  const gate = gateOf(model.card.ground ?? null, vantage);
  if (!gate.look) return [cost, { ...notLooked, isAsked: false, why: gate.why }];
  const from = nowMs();
  const look = await lookAt(picture, model, {
    gsdCm: vantage.gsdCm,
    ios,
    ...(budgetMs === null
      ? {}
      : {
          choose: (of, windows) => {
            const count = tilesWithin(budgetMs, cost);
            return count >= windows.length
              ? windows
              : mostPromising(windows, greenOf(of, windows, infrared ?? null), count);
          },
        }),
  });
  return [withTiles(cost, look.windows.looked, nowMs() - from), { ...look, isAsked: true, why: gate.why }];
}
