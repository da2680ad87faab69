/** What is said of a model that was trained at the post, and the vectors that prove it. */
import { createHash } from 'node:crypto';
import type { Card, GoldenVectors } from '../../core/model/card.ts';
import { curvesOf } from '../../core/model/curves.ts';
import type { Made } from './fitted.ts';
import type { Held, Verdict } from './judge.ts';
import type { Shown, ShownSet } from './windows.ts';

export interface Facts {
  readonly version: string;
  readonly set: ShownSet;
  readonly fresh: Verdict;
  readonly floatAccuracy: number;
  /** What the new model said of the windows that were held out. */
  readonly held: readonly Held[];
  readonly made: Made;
}

const fittedAnew = 'Fitted anew at the post: ';

/** The card of `old` with everything that the training changed. */
export function nextCard(old: Card, { version, set, fresh, floatAccuracy, held, made }: Facts): Card {
  const sessions = [...new Set(set.shown.map(({ session }) => session))];
  const exposures = new Set(set.shown.map(({ exposure }) => exposure)).size;
  const isTarget = (gas: string): boolean => old.labels.some(({ name, role }) => name === gas && role === 'target');
  const curves = curvesOf(held.map(({ gas, target }) => ({ target, isTarget: isTarget(gas) })));
  const whose = set.box.board.simulated ? 'simulated exposures' : 'labelled exposures of this array';
  return {
    ...old,
    version,
    sha256: createHash('sha256').update(made.int8).digest('hex'),
    input: { ...old.input, tensor: { ...old.input.tensor, type: 'int8' }, standard: made.standard },
    output: { ...old.output, type: 'float32' },
    training: {
      data: `${whose} (${sessions.join(', ')}) and the factory set`,
      program: 'fieldpost train gas',
      windows: made.windows,
      seed: 0,
      sessions,
    },
    evaluation: {
      data: 'every third exposure of each gas, left out of a fit on the others; the model in force is fitted on all',
      windows: held.length,
      accuracy: fresh.accuracy,
      recall: { ...fresh.recall },
      target: { truePositive: fresh.truePositive, falsePositive: fresh.falsePositive },
      floatAccuracy,
      ...(curves && { curves: { roc: [...curves.roc], reliability: [...curves.reliability] } }),
    },
    limits: [
      `${fittedAnew}${exposures} ${whose}, one array, sessions ${sessions.join(', ')}; other weather and other levels were not held out. The lines below were said of the model before.`,
      ...old.limits.filter((one) => !one.startsWith(fittedAnew)),
    ],
  };
}

/** The first version above that of `card` that is not taken. */
export function nextVersion({ version }: Pick<Card, 'version'>, taken: (version: string) => boolean): string {
  const [major, minor, patch = 0] = version.split('.').map(Number);
  for (let next = patch + 1; ; next++) {
    const one = `${major}.${minor}.${next}`;
    if (!taken(one)) return one;
  }
}

/** Up to three windows of each gas that was exposed, with the answer of the int8 model. */
export function golden(
  shown: readonly Shown[],
  { classify }: Pick<Made, 'classify'>,
  labels: readonly string[],
): GoldenVectors {
  const chosen = labels.flatMap((label) => {
    const of = shown.filter(({ gas }) => gas === label);
    return [...new Set([0, of.length >> 1, of.length - 1])].flatMap((place) => of[place] ?? []);
  });
  return {
    vectors: chosen.map(({ vector }) => {
      const features = Array.from(vector, (value) => Math.round(value * 1e4) / 1e4);
      return { features, probabilities: [...classify(Float32Array.from(features))] };
    }),
  };
}
