import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Fault, isFault } from '../ports/fault.ts';
import type { Item, Spool, SpoolReader } from '../ports/spool.ts';
import { type Packed, pack } from '../spool/link.ts';
import { type Signing, startThread } from './spool.sqlite.calls.ts';

export interface SpoolOptions {
  readonly path: string;
  readonly device: string;
  /** How long telemetry alone may wait for company before it is flushed, in ms; 0 flushes it at once. */
  readonly telemetryHoldMs?: number;
  /** Storage key that seals what is kept (see `storage-key.tpm.ts`); absent or null: plain. */
  readonly master?: Uint8Array | null;
  /** Signs the spool's heads with the device's key: see `core/evidence/sealing.ts`. Absent: nothing is signed. */
  readonly signing?: Signing;
  /** Told when the disk refused held telemetry, which is then kept in memory, and when memory had to drop some of it. */
  readonly onTrouble?: (message: string) => void;
}

export interface OpenSpool extends Spool {
  /** What was wrong with the file and what became of it: for an event. Grows when damage shows later. */
  readonly notes: readonly string[];
  /** Why nothing is signed although `signing` was asked for; null when all is as asked. */
  readonly unsigned: string | null;
  /** Another hold for telemetry, in ms, from the next hold on: see `core/wear/budget.ts`. */
  holdTelemetry(ms: number): void;
}

/** One transaction takes no more than this, in characters. */
const groupSize = 4_000_000;
/** Held telemetry is flushed when it reaches this, in characters; beyond the double the oldest is dropped. */
const holdSize = 2_000_000;

/** One call of `append`. Held calls were answered already: `answer` is then null. */
interface Call {
  readonly items: readonly Packed[];
  readonly state: readonly (readonly [string, string | null])[];
  readonly size: number;
  readonly answer: { resolve(): void; reject(error: unknown): void } | null;
}

/**
 * Opens the spool at `path`, in a thread of its own; makes the folder and the file where there are none. A damaged file
 * never blocks the start: see `notes`. Errors: Fault `refused` when the disk does not let us.
 */
export async function openSpool(options: SpoolOptions): Promise<OpenSpool> {
  const { path: file, device, onTrouble = () => {}, signing } = options;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
  } catch (error) {
    throw new Fault('refused', `${path.dirname(file)}: cannot be made; the spool cannot be opened`, error);
  }
  let holdMs = options.telemetryHoldMs ?? 10_000;
  let id = '';
  const notes: string[] = [];
  const setup = { path: file, device, role: 'writer', master: options.master ?? null } as const;
  const thread = await startThread(signing ? { ...setup, signing } : setup, (answer) => {
    if (answer.say !== 'mended') return;
    id = answer.id;
    notes.push(...answer.notes);
    for (const note of answer.notes) onTrouble(note);
  });
  id = thread.opened.id;
  notes.push(...thread.opened.notes);

  const queue: Call[] = [];
  /** Characters in `queue`. */
  let queued = 0;
  let flushing: Promise<void> | null = null;
  let hold: NodeJS.Timeout | undefined;
  let closed = false;

  const takeGroup = (): Call[] => {
    const group: Call[] = [];
    let size = 0;
    for (let next = queue[0]; next && (group.length === 0 || size + next.size <= groupSize); next = queue[0]) {
      queue.shift();
      group.push(next);
      size += next.size;
    }
    queued -= size;
    return group;
  };

  const flush = async (): Promise<void> => {
    // Calls of the same turn of the event loop go together.
    await Promise.resolve();
    clearTimeout(hold);
    hold = undefined;
    let refused = false;
    // Held telemetry that was refused waits for the next hold; calls that came meanwhile are tried.
    while (queue.length > 0 && !(refused && queue.every(({ answer }) => answer === null))) {
      const group = takeGroup();
      try {
        await thread.call('append', {
          items: group.flatMap(({ items }) => items),
          state: group.flatMap(({ state }) => state),
        });
        refused = false;
        for (const { answer } of group) answer?.resolve();
      } catch (error) {
        refused = true;
        refuse(group, error);
      }
    }
    // Here and not in a `finally`: a call that comes in the next microtask must start a flush of its own.
    flushing = null;
  };
  const release = (): Promise<void> => {
    flushing ??= flush();
    return flushing;
  };
  const holdOn = (): void => {
    hold ??= setTimeout(() => void release(), holdMs);
  };

  /** Callers are told; what was held stays in memory as long as there is room, oldest dropped first. */
  const refuse = (group: readonly Call[], error: unknown): void => {
    for (const { answer } of group) answer?.reject(error);
    const held = group.filter(({ answer }) => answer === null);
    if (held.length === 0) return;
    if (!isFault(error)) throw error;
    let dropped = 0;
    for (const call of held.toReversed()) {
      if (closed || queued + call.size > 2 * holdSize) dropped += 1;
      else {
        queue.unshift(call);
        queued += call.size;
      }
    }
    onTrouble(`${error.message}; held telemetry: ${held.length - dropped} batches wait in memory, ${dropped} are lost`);
    if (!closed) holdOn();
  };

  const append = (items: readonly Item[], state: Readonly<Record<string, unknown>> = {}): Promise<void> => {
    if (closed)
      return Promise.reject(new Fault('absent', `${file}: the spool is closed; nothing of this call was kept`));
    const packed = items.map(pack);
    const named = Object.entries(state).map(([key, value]) => [key, JSON.stringify(value) ?? null] as const);
    if (packed.length === 0 && named.length === 0) return Promise.resolve();
    const size =
      packed.reduce((sum, { at, body }) => sum + at.length + body.length, 0) +
      named.reduce((sum, [, value]) => sum + (value?.length ?? 0), 0);
    queued += size;
    if (holdMs > 0 && items.length > 0 && items.every(({ stream }) => stream === 'tele')) {
      queue.push({ items: packed, state: named, size, answer: null });
      if (queued > holdSize) void release();
      else if (!flushing) holdOn();
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      queue.push({ items: packed, state: named, size, answer: { resolve: () => resolve(), reject } });
      void release();
    });
  };

  return {
    get id() {
      return id;
    },
    notes,
    unsigned: thread.opened.unsigned,
    holdTelemetry: (ms) => {
      holdMs = ms;
    },
    append,
    recall: async (key) => {
      const value = await thread.call('recall', { key });
      return value === null ? undefined : JSON.parse(value);
    },
    peek: (stream, after, limit) => thread.call('peek', { stream, after, limit }),
    settle: async (stream, through, missing) => {
      await thread.call('settle', { stream, through, missing });
    },
    depth: () => thread.call('depth', {}),
    close: async () => {
      if (closed) return;
      closed = true;
      if (queue.length > 0) await release();
      await flushing;
      await thread.close();
    },
  };
}

/** Opens the spool of another process to deliver from it. Errors: Fault `absent` where there is none yet; `refused`. */
export async function openSpoolReader(file: string, master: Uint8Array | null = null): Promise<SpoolReader> {
  const listeners = new Set<() => void>();
  const thread = await startThread({ path: file, device: '', role: 'reader', master }, (answer) => {
    if (answer.say === 'written') for (const listener of listeners) listener();
  });
  return {
    id: thread.opened.id,
    peek: (stream, after, limit) => thread.call('peek', { stream, after, limit }),
    settle: async (stream, through, missing) => {
      await thread.call('settle', { stream, through, missing });
    },
    depth: () => thread.call('depth', {}),
    onAppend: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: thread.close,
  };
}
