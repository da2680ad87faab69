import type { ActiveModel } from '../core/model/activate.ts';
import type { Look } from './detect.ts';
import { features } from './features.ts';
import type { Windowed } from './window.ts';

/** The labels of the target set, by its card. */
export const targetsOf = ({ card }: Pick<ActiveModel, 'card'>): readonly string[] =>
  card.labels.flatMap(({ name, role }) => (role === 'target' ? [name] : []));

/** What a model says of a window; null where the window cannot be judged. */
export function classified({ window }: Windowed, active: ActiveModel): readonly number[] | null {
  const vector = features(window);
  return vector === null ? null : Array.from(active.classify(vector));
}

/** What a model says of a window, for every rule that asks it: its probabilities stand before what they were made of. */
export function modelLooks(
  one: Windowed,
  active: ActiveModel,
  probabilities: readonly number[] | null,
  kinds: readonly string[],
): Look[] {
  const said = probabilities
    ? active.labels.map((label, i) => ({
        sensor: active.ref.name,
        quantity: `p(${label})`,
        value: probabilities[i] ?? null,
        unit: '1',
        u: null,
        calibration: null,
        flags: [],
      }))
    : [];
  const score = probabilities ? active.target(probabilities) : null;
  return kinds.map((kind) => ({
    kind,
    at: one.at,
    score,
    model: active.ref,
    evidence: [...said, ...one.evidence],
    flags: one.flags,
  }));
}
