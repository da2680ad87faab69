import type { Clock } from '../ports/clock.ts';
import { Fault } from '../ports/fault.ts';
import { type Asked, type Capture, describeOperation, type Operation } from './capture.ts';

/** How far a replay has come. */
export interface Replayed {
  /** Whether every recorded operation was asked for again. */
  ended(): boolean;
  /** ns from the start of the capture to the operation last answered. */
  elapsedNs(): number;
}

export interface Player extends Replayed {
  /**
   * The next operation as it was recorded. Errors: the Fault that was recorded; `protocol` when something else is asked
   * than was recorded, which leaves the capture where it is; `absent` when the capture has ended.
   */
  answer(asked: Asked): Operation;
  /** Whether a serial line could not be opened at this place: then the Fault that was met. */
  opening(): void;
}

/** Whether an operation is the recorded one. The bytes of a read are the answer, not the question. */
const same = (recorded: Operation, asked: Asked): boolean =>
  recorded.op === asked.op &&
  recorded.a === asked.a &&
  (asked.op === 'w' ? recorded.d === asked.d : recorded.n === asked.n);

export function player({ header, operations }: Capture): Player {
  let next = 0;
  const take = (recorded: Operation): Operation => {
    next += 1;
    if (recorded.fault)
      throw new Fault(
        recorded.fault,
        `${header.sensor}: ${describeOperation(recorded)}: ${recorded.fault}, as recorded`,
      );
    return recorded;
  };
  const answer = (asked: Asked): Operation => {
    const recorded = operations[next];
    if (!recorded)
      throw new Fault('absent', `${header.sensor}: the capture has ended; asked: ${describeOperation(asked)}`);
    if (!same(recorded, asked))
      throw new Fault(
        'protocol',
        `${header.sensor}: operation ${next + 1} of the capture is ${describeOperation(recorded)}; asked: ${describeOperation(asked)}`,
      );
    return take(recorded);
  };
  return {
    answer,
    opening: () => {
      const recorded = operations[next];
      if (!recorded) throw new Fault('absent', `${header.sensor}: the capture has ended`);
      if (recorded.op === 'open') take(recorded);
    },
    ended: () => next >= operations.length,
    elapsedNs: () => operations[next - 1]?.t ?? 0,
  };
}

/** The time of a capture: it passes with the recorded operations and with every sleep, and never waits. */
export function replayClock({ header }: Capture, replayed: Replayed): Clock {
  let ns = 0;
  const nowNs = (): number => {
    ns = Math.max(ns, replayed.elapsedNs());
    return ns;
  };
  return {
    now: () => ({
      wallMs: header.startedMs + nowNs() / 1e6,
      monoNs: header.startedNs + nowNs(),
      boot: header.boot,
      synced: false,
      uncertaintyMs: null,
    }),
    sleep: async (ms) => {
      ns = nowNs() + Math.max(0, ms) * 1e6;
    },
  };
}
