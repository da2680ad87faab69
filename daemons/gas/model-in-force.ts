/** Which model decides on this box, of those that a training leaves behind (core/model/places.ts says where they lie). */
import type { Board } from '../core/config/box.ts';
import { type Activation, type ActiveModel, activate } from '../core/model/activate.ts';
import { candidates } from '../core/model/places.ts';
import { Fault, isFault } from '../core/ports/fault.ts';
import type { InlineInfer } from '../core/ports/infer.ts';
import type { GasSection } from './config.ts';
import { featureNames } from './features.ts';

/** What the profile allows and the board has, for a model that is looked for in a folder yet to be named. */
export function activationOf(
  {
    model,
    window,
    samplePeriodMs,
  }: Pick<GasSection, 'window' | 'samplePeriodMs'> & { readonly model: NonNullable<GasSection['model']> },
  { array }: Pick<Board, 'array'>,
  infer: InlineInfer,
): Omit<Activation, 'folder'> {
  return {
    infer,
    allow: model,
    box: {
      array: array.map(({ quantity, part }) => ({ quantity, part })),
      features: featureNames(array.map(({ quantity }) => quantity)),
      window: { samples: window.samples, periodMs: samplePeriodMs },
    },
  };
}

export interface Found {
  readonly model: ActiveModel;
  readonly folder: string;
}

/**
 * The model in force; where it is refused, the one before it, then the one that came with the program, and `onRefused`
 * hears why. `folder` is that of the latter. Errors: the Fault of the model in force when every one is refused.
 */
export async function activateOrLastGood(activation: Activation, onRefused: (fault: Fault) => void): Promise<Found> {
  let first: Fault | null = null;
  for (const folder of candidates(activation.folder)) {
    try {
      const model = await activate({ ...activation, folder });
      const { name, version } = model.ref;
      if (first) onRefused(new Fault(first.kind, `${first.message}; instead ${name} ${version} decides`, first));
      return { model, folder };
    } catch (error) {
      if (!isFault(error)) throw error;
      first ??= error;
    }
  }
  throw first ?? new Fault('refused', `${activation.folder}: holds no model`);
}

/** What `load` gives, or null where everything was refused; each refusal is told, with whether an earlier model stands in. */
export async function orNone(
  load: (onRefused: (fault: Fault) => void) => Promise<ActiveModel | null>,
  tell: (fault: Fault, standIn: boolean) => Promise<void>,
): Promise<ActiveModel | null> {
  const refusals: Fault[] = [];
  const model = await load((fault) => void refusals.push(fault)).catch((error: unknown) => {
    if (!isFault(error)) throw error;
    refusals.push(error);
    return null;
  });
  for (const fault of refusals) await tell(fault, model !== null);
  return model;
}
