/**
 * A line is an async iterable of batches. Steps run synchronously inside a batch, so that a batch of a thousand readings
 * costs one turn of the event loop and not a thousand.
 */
export type Line<T> = AsyncIterable<readonly T[]>;

/** A pure step: state and one input give the next state and any number of outputs. State lives nowhere else. */
export type Step<S, I, O> = (state: S, input: I) => readonly [S, ...O[]];

/** Runs a step over a batch; what `scan` does, for callers that have the batch in hand. */
export function runStep<S, I, O>(step: Step<S, I, O>, state: S, batch: readonly I[]): readonly [S, O[]] {
  const out: O[] = [];
  let current = state;
  for (const input of batch) {
    const result = step(current, input);
    current = result[0];
    for (let i = 1; i < result.length; i++) out.push(result[i] as O);
  }
  return [current, out];
}

/** Runs a step that is null where there is nothing for it to do: all inputs then pass as they are. */
export const runIfAny = <S, I, O = never>(
  step: Step<S, I, I | O> | null,
  state: S,
  batch: readonly I[],
): readonly [S, readonly (I | O)[]] => (step ? runStep(step, state, batch) : [state, batch]);

/** Lifts a step to a line. Batches stay batches; an empty result is not passed on. */
export async function* scan<S, I, O>(line: Line<I>, step: Step<S, I, O>, initial: S): Line<O> {
  let state = initial;
  for await (const batch of line) {
    const [next, out] = runStep(step, state, batch);
    state = next;
    if (out.length > 0) yield out;
  }
}
