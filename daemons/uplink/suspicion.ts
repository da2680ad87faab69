/**
 * Which message breaks the connection. A broker that gets one it will not have (too large, mostly) hangs up and says
 * nothing. After two losses with something unanswered, messages go one at a time; one that was alone at three losses in a
 * row is taken out of the way. A bad network does the same now and then: what is taken out is only put off. Pure.
 */
export interface Suspicion {
  /** Losses in a row with something unanswered. */
  readonly losses: number;
  /** What alone was unanswered at the last losses, and at how many of them. */
  readonly alone: { readonly key: string; readonly count: number } | null;
}

export const noSuspicion: Suspicion = { losses: 0, alone: null };

const carefulAfter = 2;
const convinced = 3;

/** Whether messages go one at a time. */
export const isCareful = ({ losses }: Suspicion): boolean => losses >= carefulAfter;

/** After the broker answered a message: it is the broker of every day. */
export const answered = (suspicion: Suspicion): Suspicion => (suspicion.losses === 0 ? suspicion : noSuspicion);

/** After the connection was lost while these were unanswered; gives the one to take out of the way, or null. */
export function lost(suspicion: Suspicion, unanswered: readonly string[]): readonly [Suspicion, string | null] {
  const [first] = unanswered;
  if (first === undefined) return [suspicion, null];
  const losses = suspicion.losses + 1;
  if (unanswered.length > 1) return [{ losses, alone: null }, null];
  const count = suspicion.alone?.key === first ? suspicion.alone.count + 1 : 1;
  if (count < convinced) return [{ losses, alone: { key: first, count } }, null];
  return [{ losses: carefulAfter, alone: null }, first];
}
