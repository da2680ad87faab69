import type { ActiveModel } from '../core/model/activate.ts';
import { type ArrayWindow, features } from './features.ts';

export interface Classified {
  /** In the order of the model's labels; overwritten by the next classification. */
  readonly probabilities: Float32Array;
  /** Summed probability of the target labels. */
  readonly target: number;
}

/** What the model says of a window; null for a window that cannot be judged. Errors: Fault `refused` of the runtime. */
export function classify(model: Pick<ActiveModel, 'classify' | 'target'>, window: ArrayWindow): Classified | null {
  const vector = features(window);
  if (vector === null) return null;
  const probabilities = model.classify(vector);
  return { probabilities, target: model.target(probabilities) };
}
