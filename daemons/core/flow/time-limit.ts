/** Parts that the time is counted in: a standstill of this process counts for one at most. */
const parts = 10;

/**
 * Calls `over` after `ms` milliseconds in which this process ran. Node runs timers before it looks at what came in, so after a
 * standstill (a busy core, a card that is written) a plain timer calls an answer late that has long been there.
 * Returns what ends the wait.
 */
export function timeLimit(ms: number, over: () => void): () => void {
  let left = parts;
  const wait = (): NodeJS.Timeout =>
    setTimeout(() => {
      left -= 1;
      if (left > 0) timer = wait();
      else over();
    }, ms / parts);
  let timer = wait();
  return () => clearTimeout(timer);
}
