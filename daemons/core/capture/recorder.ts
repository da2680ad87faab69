import type { Clock } from '../ports/clock.ts';
import { isFault } from '../ports/fault.ts';
import type { Asked, CaptureSink, Operation } from './capture.ts';

/** What the header says besides what the recorder knows itself. */
export interface Recorded {
  readonly part: string;
  readonly sensor: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether the part is simulated: a capture says so. */
  readonly simulated: boolean;
}

/** Notes operations with their time and outcome. */
export interface Recorder {
  note(asked: Asked, fault?: unknown): void;
  /** Does the work, notes it with what came back, and lets its result or error pass. */
  around<T>(asked: Asked, work: () => Promise<T>, cameBack?: (result: T) => Partial<Asked>): Promise<T>;
}

/** Writes the header at once; a thing thrown that is no Fault is not noted: it is a bug, not an answer. */
export function recorder(port: 'i2c' | 'serial', what: Recorded, sink: CaptureSink, clock: Clock): Recorder {
  const start = clock.now();
  sink(JSON.stringify({ v: 1, ...what, port, boot: start.boot, startedMs: start.wallMs, startedNs: start.monoNs }));
  const note: Recorder['note'] = (asked, fault) => {
    if (fault !== undefined && !isFault(fault)) return;
    const line: Operation = { t: clock.now().monoNs - start.monoNs, ...asked };
    sink(JSON.stringify(fault === undefined ? line : { ...line, fault: fault.kind }));
  };
  return {
    note,
    around: async (asked, work, cameBack) => {
      let result: Awaited<ReturnType<typeof work>>;
      try {
        result = await work();
      } catch (error) {
        note(asked, error);
        throw error;
      }
      note({ ...asked, ...cameBack?.(result) });
      return result;
    },
  };
}

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
