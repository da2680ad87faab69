/**
 * A sortie from its opening to the receipt of the last thing that it found: who ordered it and where it may look, that the payload
 * was fit before and is still so after, when it was in the air. Pure; every phase with every input. What is refused changes nothing.
 */
import type { Place } from '../../core/feed/place.ts';
import type { PostFlight, PreFlight } from './checks.ts';

export type Phase = 'pre-flight' | 'flying' | 'landed' | 'checked' | 'offloading';

/** A moment for the record (Unix ms) and for order (`monoNs` of `boot`). */
export interface Moment {
  readonly wallMs: number;
  readonly monoNs: number;
  readonly boot: string;
}

/** Plain JSON: kept with the event of each change, recalled after a restart. */
export interface Sortie {
  readonly id: string;
  readonly phase: Phase;
  /** The authority's own number of the order that it is flown under. */
  readonly reference: string;
  /** Corners in order; nothing outside is captured. */
  readonly area: readonly Place[];
  readonly by: string;
  readonly openedMs: number;
  readonly before: PreFlight;
  /** Each time in the air; null: not down yet. */
  readonly flights: readonly { readonly upMs: number; readonly downMs: number | null }[];
  readonly after: PostFlight | null;
  readonly purgedBy: string | null;
  /** Everything of it is of before this moment. */
  readonly closed: Moment | null;
}

export interface SortieState {
  readonly sortie: Sortie | null;
  /** null: not known. Never recalled: it is heard anew. */
  readonly flies: boolean | null;
}

export const noSortie: SortieState = { sortie: null, flies: null };

export type SortieInput =
  | {
      readonly is: 'open';
      readonly reference: string;
      readonly area: readonly Place[];
      readonly by: string;
      readonly before: PreFlight;
    }
  | { readonly is: 'check'; readonly by: string; readonly after: PostFlight }
  | { readonly is: 'purge'; readonly by: string }
  | { readonly is: 'close'; readonly by: string }
  | { readonly is: 'abandon'; readonly by: string; readonly why: string }
  | { readonly is: 'flies'; readonly flies: boolean | null }
  /** Nothing that is older than the closing waits on the payload: the centre has given its receipt for all of it. */
  | { readonly is: 'delivered' };

export type Ask = Exclude<SortieInput['is'], 'flies' | 'delivered'>;

export type SortieRefusal =
  | 'sortie-open'
  | 'no-sortie'
  | 'not-known-to-stand'
  | 'in-the-air'
  | 'not-fit'
  | 'never-flown'
  | 'not-seen-since'
  | 'not-checked'
  | 'not-purged'
  | 'offloading';

export type SortieSaid =
  | { readonly is: 'opened' | 'up' | 'down' | 'checked' | 'closed' | 'erased'; readonly sortie: Sortie }
  | { readonly is: 'purged'; readonly sortie: Sortie; readonly by: string }
  | { readonly is: 'abandoned'; readonly sortie: Sortie; readonly by: string; readonly why: string }
  | {
      readonly is: 'refused';
      readonly ask: Ask;
      readonly by: string;
      readonly why: SortieRefusal;
      readonly lacks: readonly string[];
    }
  /** It took off, and nobody had opened a sortie. */
  | { readonly is: 'unbound' };

type Step = readonly [SortieState, ...SortieSaid[]];

export function sortieStep(state: SortieState, input: SortieInput, at: Moment): Step {
  switch (input.is) {
    case 'flies':
      return flew(state, input.flies, at);
    case 'delivered':
      return state.sortie?.phase === 'offloading'
        ? [
            { ...state, sortie: null },
            { is: 'erased', sortie: state.sortie },
          ]
        : [state];
    case 'open':
      return opened(state, input, at);
    default:
      return asked(state, input, at);
  }
}

const refuse = (
  state: SortieState,
  { is, by }: { readonly is: Ask; readonly by: string },
  why: SortieRefusal,
  lacks: readonly string[] = [],
): Step => [state, { is: 'refused', ask: is, by, why, lacks }];

const on = (state: SortieState, sortie: Sortie): SortieState => ({ ...state, sortie });

function opened(state: SortieState, input: SortieInput & { is: 'open' }, at: Moment): Step {
  if (state.sortie) return refuse(state, input, 'sortie-open');
  if (state.flies !== false) return refuse(state, input, state.flies ? 'in-the-air' : 'not-known-to-stand');
  if (input.before.lacks.length > 0) return refuse(state, input, 'not-fit', input.before.lacks);
  const { reference, area, by, before } = input;
  const sortie: Sortie = {
    id: `sortie-${at.boot.slice(0, 8)}-${Math.round(at.monoNs / 1e6).toString(36)}`,
    ...{ phase: 'pre-flight', reference, area, by, openedMs: at.wallMs, before },
    ...{ flights: [], after: null, purgedBy: null, closed: null },
  };
  return [on(state, sortie), { is: 'opened', sortie }];
}

function flew(state: SortieState, flies: boolean | null, at: Moment): Step {
  const { sortie } = state;
  const seen: SortieState = { ...state, flies };
  if (flies === null || !sortie || sortie.phase === 'offloading')
    return flies === true && state.flies !== true ? [seen, { is: 'unbound' }] : [seen];
  const { flights } = sortie;
  if (flies && sortie.phase !== 'flying') {
    // What was checked and purged before is of another flight.
    const up: Sortie = {
      ...sortie,
      ...{ phase: 'flying', flights: [...flights, { upMs: at.wallMs, downMs: null }], after: null, purgedBy: null },
    };
    return [on(seen, up), { is: 'up', sortie: up }];
  }
  if (flies || sortie.phase !== 'flying') return [seen];
  const down: Sortie = {
    ...sortie,
    phase: 'landed',
    flights: flights.map((one) => (one.downMs === null ? { ...one, downMs: at.wallMs } : one)),
  };
  return [on(seen, down), { is: 'down', sortie: down }];
}

type Asked = Exclude<SortieInput, { is: 'open' | 'flies' | 'delivered' }>;

function asked(state: SortieState, input: Asked, at: Moment): Step {
  const { sortie } = state;
  if (!sortie) return refuse(state, input, 'no-sortie');
  if (sortie.phase === 'offloading') return refuse(state, input, 'offloading');
  if (sortie.phase === 'flying') return refuse(state, input, 'in-the-air');
  if (input.is === 'abandon') return abandoned(state, { sortie, input, at });
  if (sortie.phase === 'pre-flight') return refuse(state, input, 'never-flown');
  switch (input.is) {
    case 'check': {
      if (input.after.lacks.length > 0) return refuse(state, input, 'not-seen-since', input.after.lacks);
      const checked: Sortie = { ...sortie, phase: 'checked', after: input.after };
      return [on(state, checked), { is: 'checked', sortie: checked }];
    }
    case 'purge': {
      const purged: Sortie = { ...sortie, purgedBy: input.by };
      return [on(state, purged), { is: 'purged', sortie: purged, by: input.by }];
    }
    case 'close': {
      if (sortie.phase !== 'checked') return refuse(state, input, 'not-checked');
      if (sortie.purgedBy === null) return refuse(state, input, 'not-purged');
      const closed: Sortie = { ...sortie, phase: 'offloading', closed: at };
      return [on(state, closed), { is: 'closed', sortie: closed }];
    }
  }
}

/** One that never flew is gone at once; of one that flew everything is still delivered before it is. */
function abandoned(
  state: SortieState,
  { sortie, input, at }: { readonly sortie: Sortie; readonly input: Asked & { is: 'abandon' }; readonly at: Moment },
): Step {
  const { by, why } = input;
  if (sortie.flights.length === 0)
    return [
      { ...state, sortie: null },
      { is: 'abandoned', sortie, by, why },
    ];
  const left: Sortie = { ...sortie, phase: 'offloading', closed: at };
  return [on(state, left), { is: 'abandoned', sortie: left, by, why }];
}
