/** Makes callers wait for each other: one bus, one conversation at a time. A failed turn does not hold up the next. */
export function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  /** Settles when the last turn that was asked for is over; null while nobody has the bus. */
  let last: Promise<void> | null = null;
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last === null ? work() : last.then(work);
    const over = (): void => {
      if (last === ended) last = null;
    };
    const ended = mine.then(over, over);
    last = ended;
    return mine;
  };
}
