/**
 * Waits after wrong logins, longer each time, for an address and for a name. Nobody can lock another out for good: the wait of a name ends
 * after minutes at the most, and a browser that logged in to the account before has a count of its own (OWASP: device cookies).
 * Pure.
 */
export interface Tries {
  readonly failures: number;
  /** Unix ms before which nothing is tried. */
  readonly untilMs: number;
  readonly atMs: number;
}

export interface Patience {
  /** Mistakes that cost nothing. */
  readonly free: number;
  readonly mostMs: number;
}

/** Half an hour of good behaviour, and all is forgotten. */
const forgetMs = 1_800_000;
export const patience = {
  /** Of a name, from a browser that is not known or of one that is. */
  name: { free: 5, mostMs: 300_000 },
  /** Of an address: many people may sit behind one. */
  address: { free: 20, mostMs: 900_000 },
} as const satisfies Readonly<Record<string, Patience>>;

export const untried: Tries = { failures: 0, untilMs: 0, atMs: 0 };

const faded = (tries: Tries, nowMs: number): Tries => (nowMs - tries.atMs > forgetMs ? untried : tries);

/** How long to wait still, in ms; 0: it may be tried. */
export const waitMs = (tries: Tries, nowMs: number): number => Math.max(0, faded(tries, nowMs).untilMs - nowMs);

/** One more mistake: a second after the free ones, and twice as long each time. */
export function failed(tries: Tries, nowMs: number, { free, mostMs }: Patience): Tries {
  const failures = faded(tries, nowMs).failures + 1;
  const beyond = failures - free;
  return {
    failures,
    atMs: nowMs,
    untilMs: beyond < 0 ? 0 : nowMs + Math.min(mostMs, 1000 * 2 ** Math.min(30, beyond)),
  };
}

/** What many keys did, the oldest forgotten when there are too many: memory that a stranger cannot fill. */
export type Book = ReadonlyMap<string, Tries>;
const mostKeys = 20_000;

export function noted(book: Book, key: string, tries: Tries | null): Book {
  const next = new Map(book);
  next.delete(key);
  if (tries) next.set(key, tries);
  for (const oldest of next.keys()) {
    if (next.size <= mostKeys) break;
    next.delete(oldest);
  }
  return next;
}
