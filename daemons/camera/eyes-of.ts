/** Eyes out of a model: within what a frame may take, from where the model was made to look, and opened again when it failed. */
import type { VisionModel } from '../core/model/vision.ts';
import { unknownCost } from '../core/vision/budget.ts';
import type { Eyes } from './eyes.ts';
import { type LookWithin, lookWithin } from './look-within.ts';

/**
 * `open` is asked at once, and again before the picture after one at which the model failed: a model that lost its thread or
 * its runtime answers nothing any more, and a camera must not stay blind until somebody starts it again.
 * Errors: those of `open`. Those of `look` are of `open` and of the model.
 */
export async function eyesOf(open: () => Promise<VisionModel>, how: Omit<LookWithin, 'model'>): Promise<Eyes> {
  const first = await open();
  let model: VisionModel | null = first;
  let cost = unknownCost;
  return {
    model: first.ref,
    scaled: first.card.ground?.workCm !== undefined,
    look: async (picture, vantage) => {
      model ??= await open();
      const asked = model;
      try {
        const [next, looked] = await lookWithin(cost, { picture, vantage }, { ...how, model: asked });
        cost = next;
        return looked;
      } catch (error) {
        model = null;
        await asked.close();
        throw error;
      }
    },
    close: async () => {
      await model?.close();
    },
  };
}
