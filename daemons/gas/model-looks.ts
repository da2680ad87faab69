import type { ActiveModel } from '../core/model/activate.ts';
import type { Look } from './detect.ts';
import { features } from './features.ts';
import type { Windowed } from './window.ts';

/** What a model says of a window, for every rule that asks it: its probabilities stand before what they were made of. */
export function modelLooks(one: Windowed, active: ActiveModel, kinds: readonly string[]): Look[] {
  const vector = features(one.window);
  const probabilities = vector === null ? null : active.classify(vector);
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
