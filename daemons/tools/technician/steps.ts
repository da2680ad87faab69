/** The wizard's own steps: what a key or a word from the box does. Pure; the face draws its state. */
import type { Step } from '../../core/flow/scan.ts';
import type { Point } from '../../core/plots/strip-chart.ts';
import type { Reply, Request, View } from '../../core/procedure/link.ts';
import { answered, beginOf, type Known, nextQuestion, type Question } from '../../core/procedure/plan.ts';
import type { Say } from '../../core/procedure/words.ts';
import type { Key } from './keyboard.ts';

export interface WizardState {
  readonly box: Extract<Reply, { say: 'box' }> | null;
  readonly known: Known;
  readonly question: Question | null;
  /** The marked answer, or what was typed so far. */
  readonly chosen: number;
  readonly typed: string;
  readonly notice: string | null;
  /** Abort was pressed once. */
  readonly sure: boolean;
  readonly view: View | null;
  readonly trace: readonly Point[];
}

export type WizardInput =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'said'; readonly said: Exclude<Reply, { say: 'records' }> };

export type WizardOutput =
  | { readonly type: 'ask'; readonly request: Request }
  /** 2: it could not begin; 1: given up, and what runs was told to abort. */
  | { readonly type: 'leave'; readonly code: number; readonly why: string | null }
  /** The procedure is over and was seen: its record is printed. */
  | { readonly type: 'finish'; readonly view: View };

export const freshWizard = (known: Known): WizardState => ({
  box: null,
  known,
  question: null,
  chosen: 0,
  typed: '',
  notice: null,
  sure: false,
  view: null,
  trace: [],
});

const mostPoints = 3000;
type Result = readonly [WizardState, ...WizardOutput[]];
const ask = (request: Request): WizardOutput => ({ type: 'ask', request });

/** Before gases are asked for: a slip of the fingers in a channel's name costs nobody five answers. */
function unknownTarget({ box, known: { target } }: WizardState): string | null {
  if (!box || target === undefined || box.targets.some((one) => one.target === target)) return null;
  return `${target} is no channel of this box; it has ${box.targets.map((one) => one.target).join(', ')}`;
}

export interface WizardSettings {
  readonly say: Say;
  readonly nowMs: () => number;
  /** Without a person: nothing is asked, the first abort counts, and it ends by itself. */
  readonly alone: boolean;
}

export function wizardStep({ say, nowMs, alone }: WizardSettings): Step<WizardState, WizardInput, WizardOutput> {
  const isRunning = ({ view }: WizardState): boolean => view?.running != null;

  /** The next question, or the word to begin. */
  function proceed(state: WizardState): Result {
    const unknown = unknownTarget(state);
    if (unknown !== null) return [state, { type: 'leave', code: 2, why: unknown }];
    const question = state.box && nextQuestion(state.known, state.box, nowMs(), say);
    const next = { ...state, question, chosen: 0, typed: '' };
    if (!state.box) return [next];
    if (!question) return [next, ask(beginOf(state.known))];
    if (!alone) return [next];
    return [next, { type: 'leave', code: 2, why: `${question.title}: --${question.field} is missing` }];
  }

  function onAnswer(state: WizardState, key: Key): Result {
    const { question, chosen } = state;
    if (!question) return [state];
    if (question.answers === null) return onTyped(state, question.field, key);
    const { length } = question.answers;
    if (key === 'up' || key === 'down') {
      const by = key === 'up' ? length - 1 : 1;
      return [{ ...state, chosen: (chosen + by) % Math.max(1, length) }];
    }
    const number = typeof key === 'object' ? Number(key.text) : 0;
    if (number >= 1 && number <= length) return [{ ...state, chosen: number - 1 }];
    const taken = question.answers[chosen];
    if (key !== 'enter' || !taken) return [state];
    return proceed({ ...state, known: answered(state.known, question.field, taken.value) });
  }

  function onTyped(state: WizardState, field: string, key: Key): Result {
    const { typed } = state;
    if (typeof key === 'object') return [{ ...state, typed: typed + key.text }];
    if (key === 'backspace') return [{ ...state, typed: typed.slice(0, -1) }];
    if (key !== 'enter' || typed.trim() === '') return [state];
    return proceed({ ...state, known: { ...state.known, [field]: typed.trim() } });
  }

  function onKey(state: WizardState, key: Key): Result {
    if (key === 'quit') {
      const ends = isRunning(state) && !state.view?.running?.ending;
      return [state, ...(ends ? [ask({ ask: 'abort' })] : []), { type: 'leave', code: 1, why: null }];
    }
    if (!isRunning(state)) return onAnswer({ ...state, notice: null }, key);
    return onDriving({ ...state, notice: null, sure: false }, state.sure, key);
  }

  function onDriving(next: WizardState, wasSure: boolean, key: Key): Result {
    // Cyrillic layouts have these letters on the same keys.
    switch (typeof key === 'object' ? key.text.toLowerCase() : key) {
      case 'a':
      case 'ф':
        return wasSure || alone ? [next, ask({ ask: 'abort' })] : [{ ...next, sure: true }];
      case 't':
      case 'е':
        return [next, ask({ ask: 'extend' })];
      case 'enter':
        return next.view?.running?.over ? [next, { type: 'finish', view: next.view }] : [next, ask({ ask: 'next' })];
      default:
        return [next];
    }
  }

  function onSaid(state: WizardState, said: Extract<WizardInput, { type: 'said' }>['said']): Result {
    switch (said.say) {
      case 'box':
        return proceed({ ...state, box: said });
      case 'trace':
        return [{ ...state, trace: said.points }];
      case 'view':
        return onView(state, said.view);
      case 'refused':
        if (!isRunning(state) && !state.question) return [state, { type: 'leave', code: 2, why: said.message }];
        return [{ ...state, notice: said.message }];
      default:
        return [state];
    }
  }

  function onView(state: WizardState, view: View): Result {
    const { live } = view;
    const isNew = live !== null && live.atMs > (state.trace.at(-1)?.[0] ?? 0);
    const trace = isNew ? [...state.trace.slice(1 - mostPoints), [live.atMs, live.value] as const] : state.trace;
    const next = { ...state, view, trace };
    return alone && view.running?.over ? [next, { type: 'finish', view }] : [next];
  }

  return (state, input) => (input.type === 'key' ? onKey(state, input.key) : onSaid(state, input.said));
}
