/** What a training leaves behind: the new model in its folder, and the one before it beside it as `<folder>.last-good`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Activation, type ActiveModel, activate } from '../core/model/activate.ts';
import { Fault, isFault } from '../core/ports/fault.ts';

/**
 * The model in the folder; where it is refused, the last good one, and `onRefused` hears why. Errors: the Fault of the
 * model in the folder when there is no last good one, or when that is refused too.
 */
export async function activateOrLastGood(
  activation: Activation,
  onRefused: (fault: Fault) => void,
): Promise<ActiveModel> {
  try {
    return await activate(activation);
  } catch (error) {
    const folder = `${activation.folder}.last-good`;
    if (!isFault(error) || !existsSync(path.join(folder, 'card.json'))) throw error;
    const model = await activate({ ...activation, folder }).catch((second: unknown) => {
      if (!isFault(second)) throw second;
      throw error;
    });
    const { name, version } = model.ref;
    onRefused(new Fault(error.kind, `${error.message}; the one before it (${name} ${version}) decides`, error));
    return model;
  }
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
