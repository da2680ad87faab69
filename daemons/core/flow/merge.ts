import type { Line } from './scan.ts';
import { turnEnd } from './turn-end.ts';

export interface MergeOptions {
  /** Batches held at the most while the consumer is busy; beyond it the oldest are dropped and counted. */
  readonly limit: number;
  readonly onDropped: (batches: number) => void;
}

/** A source that gives so much at a look has it lying ready: it is asked again when that was taken. Others are never kept waiting. */
const muchAtOnce = 256;

/**
 * Joins lines into one, in order of arrival. Each source is pulled at its own pace, whatever the consumer does: a slow
 * disk downstream never delays a sample. What came in one turn of the event loop is one batch. Ends when all sources have
 * ended; a source's error ends it with that error.
 */
export async function* merge<T>(lines: readonly Line<T>[], options: MergeOptions): Line<T> {
  const waiting: (readonly T[])[] = [];
  let running = lines.length;
  let failure: { readonly error: unknown } | null = null;
  let wake: () => void = () => {};
  const patient: (() => void)[] = [];

  const pump = async (line: Line<T>): Promise<void> => {
    try {
      for await (const batch of line) {
        if (waiting.length >= options.limit) {
          waiting.shift();
          options.onDropped(1);
        }
        waiting.push(batch);
        wake();
        if (batch.length >= muchAtOnce) await new Promise<void>((resolve) => void patient.push(resolve));
      }
    } catch (error) {
      failure ??= { error };
    } finally {
      running -= 1;
      wake();
    }
  };
  for (const line of lines) void pump(line);

  for (;;) {
    if (waiting.length > 0) {
      yield waiting.splice(0).flat();
      for (const goOn of patient.splice(0)) goOn();
      continue;
    }
    if (failure) throw (failure as { readonly error: unknown }).error;
    if (running === 0) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
    // Instruments that answer together are heard in one turn: their readings cost one pass of the line, not one each.
    await turnEnd();
  }
}
