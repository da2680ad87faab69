/** What a procedure needs to know before it begins, asked one after another; what flags say already is not asked. Pure. */
import { isSameLevel } from './level.ts';
import type { Cylinder, Request, TargetChannel } from './link.ts';
import { figure } from './screen.ts';
import { type Say, wordFor } from './words.ts';

export type Kind = 'adjustment' | 'check' | 'bump';

/** What is known so far; undefined: not yet asked. null of `second`: none; of `zero`: only the gain is changed. */
export interface Known {
  readonly kind: Kind;
  readonly target?: string | undefined;
  readonly by?: string | undefined;
  readonly zero?: string | null | undefined;
  readonly span?: string | undefined;
  readonly second?: string | null | undefined;
  /** Further levels of the fit, and whether they are all. */
  readonly levels?: readonly string[] | undefined;
  readonly levelsDone?: boolean | undefined;
  readonly reason?: string | undefined;
}

export interface Box {
  readonly targets: readonly TargetChannel[];
  readonly gases: readonly Cylinder[];
}

export type Question =
  | { readonly field: 'by' | 'reason'; readonly title: string; readonly answers: null }
  | {
      readonly field: 'target' | 'zero' | 'span' | 'second' | 'level';
      readonly title: string;
      readonly answers: readonly { readonly value: string | null; readonly text: string }[];
    };

/** The next question; null when everything is known. */
export function nextQuestion(known: Known, { targets, gases }: Box, nowMs: number, say: Say): Question | null {
  if (known.target === undefined) {
    const answers = targets.map((one) => ({
      value: one.target,
      text: `${one.target}: ${wordFor(say, 'quantity', one.quantity)}, ${one.serial}`,
    }));
    return { field: 'target', title: say('choose.channel'), answers };
  }
  if (known.by === undefined) return { field: 'by', title: say('choose.by'), answers: null };
  const quantity = targets.find(({ target }) => target === known.target)?.quantity ?? '';
  const fitting = gases.filter((one) => one.for.length === 0 || one.for.includes(quantity));
  const offer = (all: readonly Cylinder[]) => all.map((one) => ({ value: one.id, text: gasLine(one, nowMs, say) }));
  const strong = fitting.filter(({ applied }) => applied > 0);
  if (known.kind === 'adjustment' && known.zero === undefined) {
    const answers = [
      ...offer(fitting.filter(({ applied }) => applied === 0)),
      { value: null, text: say('choose.gain-only') },
    ];
    return { field: 'zero', title: say('choose.zero'), answers };
  }
  if (known.span === undefined) return { field: 'span', title: say('choose.span'), answers: offer(strong) };
  if (known.kind === 'adjustment' && known.second === undefined) {
    const none = known.zero === null ? [] : [{ value: null, text: say('choose.none') }];
    const answers = [...offer(left({ ...known, zero: null }, strong)), ...none];
    return { field: 'second', title: say('choose.second'), answers };
  }
  const further =
    known.kind === 'adjustment' && known.zero !== null && !known.levelsDone ? offer(left(known, strong)) : [];
  if (further.length > 0) {
    const answers = [{ value: null, text: say('choose.no-level') }, ...further];
    return { field: 'level', title: say('choose.level'), answers };
  }
  const expired = gases.some((one) => usedBy(known).includes(one.id) && one.expiresMs < nowMs);
  return expired && known.reason === undefined ? { field: 'reason', title: say('choose.reason'), answers: null } : null;
}

const usedBy = ({ zero, span, second, levels = [] }: Known): readonly (string | null | undefined)[] => [
  zero,
  span,
  second,
  ...levels,
];

/** Gases at levels that nothing chosen is at. */
function left(known: Known, strong: readonly Cylinder[]): readonly Cylinder[] {
  const used = strong.filter(({ id }) => usedBy(known).includes(id));
  return strong.filter((one) => !used.some((other) => isSameLevel(one, other)));
}

/** What is known with an answer to a question. */
export function answered(known: Known, field: Question['field'], value: string | null): Known {
  if (field !== 'level') return { ...known, [field]: value };
  return value === null ? { ...known, levelsDone: true } : { ...known, levels: [...(known.levels ?? []), value] };
}

/** The request that begins it. `known` is complete: `nextQuestion` has nothing to ask. */
export const beginOf = ({ kind, target = '', by = '', span = '', zero, second, levels, reason }: Known): Request => ({
  ask: 'begin',
  target,
  kind,
  by,
  span,
  zero: zero ?? null,
  second: second ?? null,
  levels: [...(levels ?? [])],
  gainOnly: kind === 'adjustment' && zero === null,
  reason: reason ?? null,
});

/** A gas as an answer. */
function gasLine(gas: Cylinder, nowMs: number, say: Say): string {
  const word = wordFor(say, 'gas', gas.gas);
  const level = gas.applied === 0 ? '' : ` ${figure(gas.applied)} ${gas.unit}`;
  const until = new Date(gas.expiresMs).toISOString().slice(0, 10);
  return `${gas.id}: ${word}${level}, ${gas.lot}, ${until}${gas.expiresMs < nowMs ? ` ${say('choose.expired')}` : ''}`;
}
