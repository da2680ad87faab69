/**
 * Waits for work, but for no longer than `ms`; and not at all while earlier work still hangs. A disk that neither takes nor refuses
 * must not keep the line from the air: what was asked of it stays in its order. Errors: those of the work, the late ones too.
 */
export function patience(ms: number): (work: Promise<void>) => Promise<void> {
  let hanging = 0;
  return (work) => {
    hanging += 1;
    const alone = hanging === 1;
    return new Promise((resolve, reject) => {
      const timer = alone ? setTimeout(resolve, ms) : undefined;
      const over = (): void => {
        hanging -= 1;
        clearTimeout(timer);
      };
      if (!alone) resolve();
      work.then(
        () => {
          over();
          resolve();
        },
        (error: unknown) => {
          over();
          reject(error);
          // Nobody waits any more: it must not be lost.
          setImmediate(() => {
            throw error;
          });
        },
      );
    });
  };
}
