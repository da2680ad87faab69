/** What was taken and answered: the broker brings a message again when it is not sure, and a dock that hears no reply asks again. */
export interface Repeats {
  /** By exchange, when it was last answered, monotonic ms. In the order of their answers. */
  readonly answered: ReadonlyMap<string, number>;
}

export const noRepeats: Repeats = { answered: new Map() };

/** Some hours of events, or a second of a storm. */
const mostHeld = 2000;

export type Seen = 'new' | 'redelivered' | 'asked-again';

export function seen({ answered }: Repeats, key: string, nowMs: number, againMs: number): Seen {
  const at = answered.get(key);
  if (at === undefined) return 'new';
  return nowMs - at < againMs ? 'redelivered' : 'asked-again';
}

export function remembered({ answered }: Repeats, key: string, nowMs: number): Repeats {
  const next = new Map(answered);
  next.delete(key);
  next.set(key, nowMs);
  for (const oldest of next.keys()) {
    if (next.size <= mostHeld) break;
    next.delete(oldest);
  }
  return { answered: next };
}

/** The reply did not reach the broker: the next delivery is answered. */
export function forgotten({ answered }: Repeats, key: string): Repeats {
  const next = new Map(answered);
  next.delete(key);
  return { answered: next };
}
