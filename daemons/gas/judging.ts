/**
 * Judges looks and changes in order of time: a baseline stands still from the value at which its rule turned on, a rule hears of
 * another one when that turned, and a change is taken for what was classified before it, however the readings were batched.
 */
import type { ActiveModel } from '../core/model/activate.ts';
import type { Measurement } from '../core/values/measurement.ts';
import type { GasSection } from './config.ts';
import type { DetectState, detect, Judgement, Look } from './detect.ts';
import { type ChannelsState, channel } from './detection/channels.ts';
import { type Flight, flown, isAloft } from './detection/flight.ts';
import { classifiedNow, countedAs, isFar, scoredNow, type TakenState, takenFor } from './detection/taken-for.ts';
import { evidenceOf } from './evidence-of.ts';
import type { GroundsOf, GroundsState } from './grounds/grounds.ts';
import { targetsOf } from './model-looks.ts';
import type { Windowed } from './window.ts';

export interface JudgingParts {
  readonly section: Pick<GasSection, 'rules' | 'change'>;
  readonly model: ActiveModel | null;
  readonly grounded: GroundsOf | null;
  readonly detected: ReturnType<typeof detect>;
  /** No post that stands: what its feed tells of height is its own. */
  readonly moves: boolean;
}

export interface JudgingState {
  readonly channels: ChannelsState;
  readonly taken: TakenState;
  readonly flight: Flight;
  readonly detect: DetectState;
  readonly grounds: GroundsState;
}

/** A window and what the model says of it. */
export interface Word {
  readonly one: Windowed;
  readonly p: readonly number[] | null;
}

export function judging({ section, model, grounded, detected, moves }: JudgingParts) {
  const { of, least, ...baseline } = section.change;
  const change = { baseline, of, least };
  const changes = section.rules.flatMap(({ kind, score }) =>
    typeof score === 'object' && 'change' in score ? [{ kind, ...score }] : [],
  );
  const rulesOf = Map.groupBy(changes, (one) => one.change);
  const asksModel = changes.some(({ as }) => as);
  const asked = model ? { labels: model.labels, targets: targetsOf(model) } : null;

  /** The memories after one value of a channel, and what every rule of it looks at. */
  const scored = (
    { channels, taken, flight }: Pick<JudgingState, 'channels' | 'taken' | 'flight'>,
    one: Measurement,
    isOn: (kind: string) => boolean,
  ): { readonly channels: ChannelsState; readonly taken: TakenState; readonly looks: readonly Look[] } => {
    const rules = rulesOf.get(one.quantity);
    if (!rules) return { channels, taken, looks: [] };
    const isStill = rules.some(({ kind }) => isOn(kind)) || isAloft(flight, one.at) || (asksModel && isFar(taken));
    const [next, { score }] = channel(channels, one, isStill, change);
    const { flags, at, delayMs } = one;
    if (flags.includes('inhibited')) return { channels: next, taken, looks: [] };
    const after = asksModel ? scoredNow(taken, one.quantity, score, at) : taken;
    const what = asksModel ? takenFor(after, asked, at) : 'unchanged';
    const evidence = [evidenceOf(one)];
    const looks = rules.map(({ kind, as }): Look => {
      const told = { kind, at, evidence, flags, delayMs };
      return as
        ? { ...told, score: countedAs(score, what, as), model: model?.ref ?? null }
        : { ...told, score, model: null };
    });
    return { channels: next, taken: after, looks };
  };

  const judge = (
    state: JudgingState,
    measurements: readonly Measurement[],
    { looks, words }: { readonly looks: readonly Look[]; readonly words: readonly Word[] },
  ) => {
    let [{ channels, taken, flight, detect: memory }, said, heard] = [state, 0, 0];
    const [judgements, changed]: [Judgement[], Look[]] = [[], []];
    const give = (one: Look): void => {
      const wasOn = memory[one.kind]?.active === true;
      const [next, ...some] = detected(memory, one);
      memory = next;
      for (const judgement of some) judgements.push(grounded?.judged(state.grounds, judgement, wasOn) ?? judgement);
    };
    const until = (monoNs: number): void => {
      for (let one = looks[said]; one && one.at.monoNs <= monoNs; one = looks[++said]) give(one);
      if (!asksModel) return;
      for (let word = words[heard]; word && word.one.at.monoNs <= monoNs; word = words[++heard])
        taken = classifiedNow(taken, word.p, word.one.at);
    };
    for (const one of measurements) {
      until(one.at.monoNs);
      grounded?.heard(state.grounds, one);
      if (moves) flight = flown(flight, one);
      const next = scored({ channels, taken, flight }, one, (kind) => memory[kind]?.active === true);
      ({ channels, taken } = next);
      for (const look of next.looks) {
        changed.push(look);
        give(look);
      }
    }
    until(Number.POSITIVE_INFINITY);
    return { channels, taken, flight, memory, judgements, looks: changed.length > 0 ? [...looks, ...changed] : looks };
  };
  return { asksModel, judge };
}
