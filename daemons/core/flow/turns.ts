/**
 * Makes callers wait for each other: one bus, one conversation at a time. A failed turn does not hold up the next. No turn
 * begins within the call that asks for it: whoever keeps the promise has it before the work can look for it.
 */
export function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work);
    last = mine.catch(() => {});
    return mine;
  };
}
