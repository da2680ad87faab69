import type { Stamp } from '../values/stamp.ts';
import type { Splitter } from '../vision/stream.ts';

/** A picture as it came, not decoded yet: only what is taken costs that. */
export interface Waiting {
  readonly bytes: Uint8Array;
  readonly at: Stamp;
  /** How many came before it and were not taken. */
  readonly dropped: number;
}

/** Between a program that writes and a reader that takes: one picture, or for a recording a few in order. */
export interface Slot {
  /** Whether a picture became whole. Errors: those of the splitter. */
  push(chunk: Uint8Array): boolean;
  /** The next picture as soon as there is one; null when there will be none. Errors: the one given to `end`. */
  take(): Promise<Waiting | null>;
  isFull(): boolean;
  /** Told when a full slot has room again. */
  onRoom(listener: () => void): void;
  /** Nothing comes any more; of a recording, what waits may still be taken. */
  end(error: Error | null): void;
}

/** Pictures of a recording that wait before its program must. */
const most = 2;

export function slotOf(take: 'newest' | 'all', split: Splitter, now: () => Stamp): Slot {
  let held: Waiting[] = [];
  let dropped = 0;
  let wake: (() => void) | null = null;
  let room: () => void = () => {};
  let ended: { readonly error: Error | null } | null = null;
  return {
    push: (chunk) => {
      const pictures = ended ? [] : split(chunk);
      for (const bytes of pictures) {
        if (take === 'newest' && held.length > 0) {
          held = [];
          dropped++;
        }
        held.push({ bytes, at: now(), dropped });
      }
      if (pictures.length > 0) wake?.();
      return pictures.length > 0;
    },
    take: async () => {
      // A camera's last picture is old by the time its end is known.
      if (ended && take === 'newest') held = [];
      while (held.length === 0 && !ended)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      wake = null;
      const next = held.shift();
      if (next) {
        dropped = 0;
        if (held.length === most - 1) room();
        return next;
      }
      if (ended?.error) throw ended.error;
      return null;
    },
    isFull: () => held.length >= most,
    onRoom: (listener) => {
      room = listener;
    },
    end: (error) => {
      ended ??= { error };
      wake?.();
    },
  };
}
