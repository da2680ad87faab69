/**
 * One passage through a checkpoint, by number and never by plate. A loop or beam opens a window; the air that is judged is
 * that of the window, the line's delay later. The result is `nothing above LOD`, `indication` or `not measured`, with reasons:
 * a passage that was too short, or whose baseline was not clean air, was not measured. An officer decides what follows.
 */
export interface PassageOptions {
  /** Seconds of clean air before the window that give the baseline, and how many values they must hold. */
  readonly baselineS: number;
  readonly baselineLeast: number;
  /** A baseline above this is not clean air, in the unit of the value. */
  readonly baselineAtMost: number;
  readonly dwellS: number;
  /** From inlet to sensor. */
  readonly delayS: number;
  /** After the window, until the next baseline may begin. */
  readonly purgeS: number;
  /** A window left open is a stuck loop. */
  readonly longestS: number;
  /** In the unit of the value, above the baseline: from here on it is an indication. That of the passage, engines and wind included. */
  readonly lod: number;
  /** A value of the exhaust channel from which the gas may be the engine's: the passage is then not measured. */
  readonly exhaustFrom: number;
}

/** In time of the box, seconds. Values of a gap are null. */
export type PassageInput =
  | { readonly is: 'opened' | 'closed'; readonly tS: number }
  /** The window can no longer be seen, and why. What stands in it stays there until it is seen again. */
  | { readonly is: 'blind'; readonly tS: number; readonly why: Blind }
  | { readonly is: 'value'; readonly tS: number; readonly value: number | null; readonly exhaust: number | null };

/** Why nobody knows what stands in the window. */
export type Blind = 'loop stuck' | 'loop chatters' | 'loop lost';

export type NotMeasured =
  | Blind
  | 'no baseline'
  | 'unclean baseline'
  | 'too short'
  | 'exhaust'
  | 'no value'
  | 'purging'
  /** The next vehicle came before the air of this one was through. */
  | 'followed'
  /** The box started anew in between. */
  | 'restart';

export interface Passage {
  readonly passage: number;
  readonly openedS: number;
  readonly closedS: number;
  readonly result: 'nothing above LOD' | 'indication' | 'not measured';
  readonly why: NotMeasured | null;
  /** Highest value above the baseline, not clamped; null where there is none. */
  readonly above: number | null;
}

/** Plain JSON. */
export interface PassageState {
  readonly count: number;
  /** Clean-air values before a window, as [time, value]. */
  readonly clean: readonly (readonly [number, number])[];
  readonly purgedS: number;
  /** Null while the window is seen. Meanwhile no air counts as clean: it may be that of a vehicle. */
  readonly blind: Blind | null;
  readonly open: {
    readonly openedS: number;
    readonly closedS: number | null;
    readonly baseline: number | null;
    readonly why: NotMeasured | null;
    readonly highest: number | null;
    readonly exhaust: number;
  } | null;
}

export const freshPassage: PassageState = {
  count: 0,
  clean: [],
  purgedS: Number.MIN_SAFE_INTEGER,
  blind: null,
  open: null,
};

export function passage(options: PassageOptions) {
  return (state: PassageState, input: PassageInput): readonly [PassageState, ...Passage[]] => {
    const { open } = state;
    switch (input.is) {
      case 'opened':
        return occupied(state, input.tS, options);
      case 'closed': {
        const seen = { ...state, blind: null };
        return open && open.closedS === null ? [{ ...seen, open: { ...open, closedS: input.tS } }] : [seen];
      }
      case 'blind':
        return [{ ...state, clean: [], blind: input.why, open: open && { ...open, why: open.why ?? input.why } }];
      case 'value':
        return open ? during(state, open, input, options) : [before(state, input, options)];
    }
  };
}

function occupied(state: PassageState, tS: number, options: PassageOptions): readonly [PassageState, ...Passage[]] {
  const { open } = state;
  if (!open) return [opened(state, tS, options)];
  // Still the same vehicle: the window was not closed.
  if (open.closedS === null) return [{ ...state, blind: null }];
  const [next, one] = ended(state, { ...open, why: open.why ?? 'followed' }, options);
  return [opened(next, tS, options), one];
}

type Value = Extract<PassageInput, { readonly is: 'value' }>;

function before(state: PassageState, { tS, value }: Value, { baselineS }: PassageOptions): PassageState {
  if (value === null || tS < state.purgedS || state.blind) return state;
  const clean = [...state.clean, [tS, value] as const].filter(([at]) => at > tS - baselineS);
  return { ...state, clean };
}

function during(
  state: PassageState,
  open: NonNullable<PassageState['open']>,
  { tS, value, exhaust }: Value,
  options: PassageOptions,
): readonly [PassageState, ...Passage[]] {
  if (open.closedS === null && tS - open.openedS > options.longestS) {
    const stuck = { ...state, blind: state.blind ?? 'loop stuck' } as const;
    return ended(stuck, { ...open, closedS: tS, why: open.why ?? 'loop stuck' }, options);
  }
  // The air of the window arrives one delay later than the window.
  if (tS < open.openedS + options.delayS) return [state];
  if (open.closedS !== null && tS > open.closedS + options.delayS) return ended(state, open, options);
  const highest = value === null ? open.highest : Math.max(open.highest ?? value, value);
  return [{ ...state, open: { ...open, highest, exhaust: Math.max(open.exhaust, exhaust ?? 0) } }];
}

function opened(state: PassageState, tS: number, options: PassageOptions): PassageState {
  const values = state.clean.flatMap(([at, value]) => (at > tS - options.baselineS ? [value] : []));
  const few = values.length < options.baselineLeast;
  const baseline = few ? null : (values.toSorted((a, b) => a - b)[values.length >> 1] ?? null);
  // What was not seen to come may have stood there for long.
  const why =
    state.blind ??
    (tS < state.purgedS
      ? 'purging'
      : baseline === null
        ? 'no baseline'
        : baseline > options.baselineAtMost
          ? 'unclean baseline'
          : null);
  const open = { openedS: tS, closedS: null, baseline, why, highest: null, exhaust: 0 } as const;
  return { ...state, count: state.count + 1, blind: null, open };
}

function ended(
  state: PassageState,
  open: NonNullable<PassageState['open']>,
  options: PassageOptions,
): readonly [PassageState, Passage] {
  const closedS = open.closedS ?? open.openedS;
  const why =
    open.why ??
    (closedS - open.openedS < options.dwellS
      ? 'too short'
      : open.highest === null
        ? 'no value'
        : open.exhaust >= options.exhaustFrom
          ? 'exhaust'
          : null);
  const above = open.highest === null || open.baseline === null ? null : open.highest - open.baseline;
  const found = above !== null && above >= options.lod;
  const result = why !== null ? 'not measured' : found ? 'indication' : 'nothing above LOD';
  const next = { ...state, clean: [], purgedS: closedS + options.delayS + options.purgeS, open: null };
  return [next, { passage: state.count, openedS: open.openedS, closedS, result, why, above }];
}

/** A window that was open when the box started anew, ended as not measured; the times of another boot say nothing of this one. */
export function restarted(state: PassageState): readonly [PassageState, ...Passage[]] {
  const next = { ...freshPassage, count: state.count, blind: state.blind };
  if (!state.open) return [next];
  const { openedS, closedS } = state.open;
  const one = { passage: state.count, openedS, closedS: closedS ?? openedS, why: 'restart', above: null } as const;
  return [next, { ...one, result: 'not measured' }];
}
