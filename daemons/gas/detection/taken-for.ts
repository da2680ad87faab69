/**
 * What a change is taken for while it lasts, from the windows that a model classified since it began: asked only after a change, and
 * of a mean of windows. It never silences for want of an answer: a change that no model judged in time is `unknown`. The daemon's
 * line and `evaluate gas-false` run these same steps. Pure; plain JSON.
 */
import { type Verdict, type VerdictOptions, verdictOf } from './verdict.ts';

export interface TakenOptions {
  /** Spreads from which a channel has changed, and from which baselines stand still. */
  readonly from: number;
  /** Classified windows before a verdict, and the newest that it is a mean of. */
  readonly least: number;
  readonly windows: number;
  /** Seconds of a change after which it is judged whatever was classified. */
  readonly patienceS: number;
  readonly verdict: Omit<VerdictOptions, 'targets'>;
}

/** As they were measured on simulated hours: see `evaluate gas-false`. */
export const takenOptions: TakenOptions = {
  from: 6,
  least: 4,
  windows: 8,
  patienceS: 60,
  verdict: { clean: 'air', target: 0.5, interferent: 0.8 },
};

interface Moment {
  readonly monoNs: number;
  readonly boot: string;
}

export interface TakenState {
  /** By channel: the newest signed score. */
  readonly scores: Readonly<Record<string, number>>;
  /** When the change began; null while there is none. */
  readonly since: Moment | null;
  /** Probabilities of the newest windows, oldest first. */
  readonly said: readonly (Moment & { readonly p: readonly number[] })[];
}

export const freshTaken: TakenState = { scores: {}, since: null, said: [] };

/** `early`: changed, and not judged yet. */
export type Taken = 'unchanged' | 'early' | Verdict;

/** After a channel was scored; null: it is not judged. */
export function scoredNow(
  state: TakenState,
  channel: string,
  score: number | null,
  { monoNs, boot }: Moment,
  { from }: TakenOptions = takenOptions,
): TakenState {
  const scores = { ...state.scores, [channel]: score ?? 0 };
  if (!Object.values(scores).some((one) => one > from)) return { ...state, scores, since: null };
  return { ...state, scores, since: state.since?.boot === boot ? state.since : { monoNs, boot } };
}

/** After a window was classified; null: it could not be. */
export const classifiedNow = (
  state: TakenState,
  p: ArrayLike<number> | null,
  { monoNs, boot }: Moment,
  { windows }: TakenOptions = takenOptions,
): TakenState =>
  p === null ? state : { ...state, said: [...state.said, { monoNs, boot, p: Array.from(p) }].slice(-2 * windows) };

/** Whether baselines stand still: something is far from them, to either side. */
export const isFar = ({ scores }: TakenState, { from }: TakenOptions = takenOptions): boolean =>
  Object.values(scores).some((one) => Math.abs(one) > from);

/** Before that moment: which of what came in it is first is chance. `model` is null where none runs. */
export function takenFor(
  { since, said }: TakenState,
  model: { readonly labels: readonly string[]; readonly targets: readonly string[] } | null,
  { monoNs, boot }: Moment,
  { least, windows, patienceS, verdict }: TakenOptions = takenOptions,
): Taken {
  if (since === null) return 'unchanged';
  if (!model) return 'unknown';
  const of = said
    .filter((one) => one.boot === since.boot && one.monoNs >= since.monoNs && one.monoNs < monoNs)
    .slice(-windows);
  if (of.length < least) return since.boot === boot && monoNs - since.monoNs < patienceS * 1e9 ? 'early' : 'unknown';
  const mean = model.labels.map((_, i) => of.reduce((sum, { p }) => sum + (p[i] ?? 0), 0) / of.length);
  return verdictOf(model.labels, mean, { ...verdict, targets: model.targets });
}

/** The score of a rule that counts a change only as one thing. A change too small to be classified counts for every one. */
export const countedAs = (score: number | null, taken: Taken, as: 'target' | 'unknown'): number | null =>
  score === null ? null : taken === 'unchanged' || taken === as ? Math.max(0, score) : 0;
