import type { VisionOutput } from '../model/vision-card.ts';
import type { Sighting } from '../values/frame.ts';
import { type Decoding, type Numbers, wholeShare } from './decoding.ts';
import { activated } from './tensor.ts';

type Scores = Extract<VisionOutput, { layout: 'scores' }>;

/** The class with the highest score, if it is wanted and reaches the threshold: the thing is somewhere in the input. */
export function decodeScores({ values }: Numbers, { activation }: Scores, how: Decoding): Sighting[] {
  const scores = activated(values, activation, values.length);
  let best = 0;
  for (let i = 1; i < scores.length; i++) if ((scores[i] as number) > (scores[best] as number)) best = i;
  const [label, score] = [how.labels[best], scores[best]];
  if (label === undefined || score === undefined || !how.wanted[best] || !(score >= how.score)) return [];
  return [{ label, score: Math.min(1, score), box: wholeShare }];
}
