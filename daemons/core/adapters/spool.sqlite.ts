import { Fault } from '../ports/fault.ts';
import type { Log } from '../ports/log.ts';
import type { Spool, SpoolReader } from '../ports/spool.ts';
import { limitsOf, type SpoolSection, usualSpool } from '../spool/limits.ts';
import { pack } from '../spool/link.ts';
import { type Signing, type SpoolHost, startThread } from './spool.sqlite.calls.ts';
import { openInLoop } from './spool.sqlite.loop.ts';
import { createQueue } from './spool.sqlite.queue.ts';

export interface SpoolOptions {
  readonly path: string;
  readonly device: string;
  /** How long telemetry alone may wait for company before it is flushed, in ms; 0 flushes it at once. */
  readonly telemetryHoldMs?: number;
  /** Limits of the profile; absent: the defaults, and no disk space is put aside. */
  readonly section?: SpoolSection;
  /** Storage key that seals what is kept (see `storage-key.tpm.ts`); absent or null: plain. */
  readonly master?: Uint8Array | null;
  /** Signs the spool's heads with the device's key: see `core/evidence/sealing.ts`. Absent: nothing is signed. */
  readonly signing?: Signing;
  /** Told when the disk refuses and when it takes again, when something was dropped, and when a file was mended. */
  readonly log?: Log;
  /** How long to wait before a disk that refused is tried again, in ms. */
  readonly retryMs?: number;
  /** A thread that holds the file with others; absent: `holder`. */
  readonly host?: SpoolHost | undefined;
  /**
   * `loop`, and if absent: the caller's own loop, which a slow disk does not keep waiting, but one that hangs does: it takes not even a
   * write to the page cache. `thread`: one of its own, some 10 MB, for who moves or warns something.
   */
  readonly holder?: 'loop' | 'thread';
}

export interface OpenSpool extends Spool {
  /** What was wrong with the file and what became of it, for the log; the spool tells it in an event too. */
  readonly notes: readonly string[];
  /** Why nothing is signed although `signing` was asked for; null when all is as asked. */
  readonly unsigned: string | null;
  /** The public half of the key that signs, in PEM; null when nothing is signed. */
  readonly publicKey: string | null;
  /** Another hold for telemetry, in ms, from the next hold on: see `core/wear/budget.ts`. */
  holdTelemetry(ms: number): void;
}

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

/**
 * Opens the spool at `path`; makes the folder and the file where there are none. Neither a
 * damaged file nor a disk that is full, read-only or gone blocks the start: what is appended then waits in memory.
 */
export async function openSpool(options: SpoolOptions): Promise<OpenSpool> {
  const {
    path: file,
    device,
    telemetryHoldMs = 10_000,
    master = null,
    signing,
    log = silent,
    retryMs = 2000,
    host,
    holder = 'loop',
  } = options;
  const section = options.section ?? { ...usualSpool, reserveMegabytes: 0 };
  let id = '';
  const notes: string[] = [];
  const take = (opened: { readonly id: string; readonly notes: readonly string[] }): void => {
    id = opened.id;
    notes.push(...opened.notes);
    for (const note of opened.notes) log.warn(note);
  };
  const setup = {
    path: file,
    device,
    role: 'writer',
    master,
    limits: limitsOf(section),
    reserveBytes: section.reserveMegabytes * 1e6,
    ...(signing ? { signing } : {}),
  } as const;
  const thread = await (host?.open ?? (holder === 'thread' ? startThread : openInLoop))(setup, (answer) => {
    if (answer.say === 'file') take(answer);
    else if (answer.say === 'trouble') log.warn(answer.message);
  });
  const { refused, unsigned, publicKey } = thread.opened;
  take(thread.opened);
  if (refused !== null) log.error('the spool is not open yet; the daemon goes on without it', { reason: refused });

  const queue = createQueue({
    commit: async ({ items, state }, again) => void (await thread.call('append', { items, state, again })),
    id: () => id,
    holdMs: telemetryHoldMs,
    retryMs,
    memory: section.memoryMegabytes * 1e6,
    log,
  });
  let closed = false;

  return {
    get id() {
      return id;
    },
    notes,
    unsigned,
    publicKey,
    holdTelemetry: queue.hold,
    append: (items, state = {}) => {
      if (closed)
        return Promise.reject(new Fault('absent', `${file}: the spool is closed; nothing of this call was kept`));
      const named = Object.entries(state).map(([key, value]) => [key, JSON.stringify(value) ?? null] as const);
      if (items.length === 0 && named.length === 0)
        return Promise.resolve({ where: 'disk', committed: Promise.resolve(true) });
      return queue.add(items.map(pack), named);
    },
    held: queue.held,
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
      await queue.end();
      await thread.close();
    },
  };
}

/**
 * Opens the spool of another process to deliver from it, in the thread of `host` or in one of its own. Errors: Fault `absent` where there
 * is none yet; `refused`.
 */
export async function openSpoolReader(
  file: string,
  master: Uint8Array | null = null,
  host?: SpoolHost,
): Promise<SpoolReader> {
  const listeners = new Set<() => void>();
  const limits = limitsOf(usualSpool);
  const thread = await (host?.open ?? startThread)(
    { path: file, device: '', role: 'reader', master, limits, reserveBytes: 0 },
    (answer) => {
      if (answer.say === 'written') for (const listener of listeners) listener();
    },
  );
  return {
    id: thread.opened.id,
    peek: (stream, after, limit) => thread.call('peek', { stream, after, limit }),
    settle: async (stream, through, missing) => {
      await thread.call('settle', { stream, through, missing });
    },
    depth: () => thread.call('depth', {}),
    recall: async (key) => {
      const value = await thread.call('recall', { key });
      return value === null ? undefined : JSON.parse(value);
    },
    onAppend: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: thread.close,
  };
}
