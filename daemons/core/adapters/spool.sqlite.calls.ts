/** What the spool's two threads say to each other. */
import { Worker } from 'node:worker_threads';
import { Fault, type FaultKind } from '../ports/fault.ts';
import type { Spooled } from '../ports/spool.ts';
import type { Limits } from '../spool/limits.ts';
import type { Packed } from '../spool/link.ts';
import type { NamedState } from '../spool/waiting.ts';
import type { Stream } from '../values/envelope.ts';

export interface Work {
  /** `again`: the group that the disk refused last. While there is one, any other is refused unseen, so that order stands. */
  readonly append: { readonly items: readonly Packed[]; readonly state: NamedState; readonly again: boolean };
  readonly recall: { readonly key: string };
  readonly peek: { readonly stream: Stream; readonly after: number; readonly limit: number };
  readonly settle: { readonly stream: Stream; readonly through: number; readonly missing: readonly number[] };
  readonly depth: Record<never, never>;
  readonly close: Record<never, never>;
}

export interface Results {
  readonly append: null;
  readonly recall: string | null;
  readonly peek: readonly Spooled[];
  readonly settle: null;
  readonly depth: Readonly<Record<Stream, number>>;
  readonly close: null;
}

export type Verb = keyof Work;
export type Request = { [V in Verb]: { readonly call: number; readonly verb: V; readonly work: Work[V] } }[Verb];

export type Answer =
  | ({ readonly say: 'opened' } & Opened)
  /** The writer has another file than before: it could be opened at last, or was damaged and mended. */
  | { readonly say: 'file'; readonly id: string; readonly notes: readonly string[] }
  /** For the log: something was dropped or lost. */
  | { readonly say: 'trouble'; readonly message: string }
  | { readonly say: 'written' }
  | { readonly say: 'done'; readonly call: number; readonly result: Results[Verb] }
  | { readonly say: 'fault'; readonly call: number; readonly kind: FaultKind; readonly message: string };

export interface Opened {
  /** Empty while the writer's file is not open. */
  readonly id: string;
  readonly notes: readonly string[];
  /** Why the spool's seals are not signed; null when they are, and for a reader. */
  readonly unsigned: string | null;
  /** The public half of the key that signs, in PEM; null when nothing is signed. */
  readonly publicKey: string | null;
  /** Why the writer's file is not open; it is tried again with every append. */
  readonly refused: string | null;
}

export interface WorkerSetup {
  readonly path: string;
  readonly device: string;
  readonly role: 'writer' | 'reader';
  readonly master: Uint8Array | null;
  /** Absent: nothing is signed. */
  readonly signing?: Signing;
  /** What the writer may keep, and the disk space that it puts aside in bytes. */
  readonly limits: Limits;
  readonly reserveBytes: number;
}

/** What signs a spool's heads: the file of the device's key, and the longest time between two seals in ms. */
export interface Signing {
  readonly keyFile: string;
  readonly everyMs: number;
}

export interface SpoolThread {
  readonly opened: Opened;
  call<V extends Verb>(verb: V, work: Work[V]): Promise<Results[V]>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(result: never): void;
  reject(error: Error): void;
}

/**
 * Starts the thread that holds the file, and waits until it is open. `onAnswer` gets what the thread says unasked.
 * Errors: the Fault of the opening; of a call, its own. A thread that dies fails every call with its error.
 */
export async function startThread(setup: WorkerSetup, onAnswer: (answer: Answer) => void): Promise<SpoolThread> {
  const worker = new Worker(new URL('./spool.sqlite.worker.ts', import.meta.url), { workerData: setup });
  const waiting = new Map<number, Waiting>();
  const opening = Promise.withResolvers<Opened>();
  let calls = 0;
  let dead: Error | null = null;

  worker.on('message', (answer: Answer) => {
    if (answer.say === 'opened') opening.resolve(answer);
    else if (answer.say === 'done' || answer.say === 'fault') {
      const caller = waiting.get(answer.call);
      waiting.delete(answer.call);
      if (answer.say === 'done') caller?.resolve(answer.result as never);
      else if (caller) caller.reject(new Fault(answer.kind, answer.message));
      else opening.reject(new Fault(answer.kind, answer.message));
    } else onAnswer(answer);
  });
  const die = (error: Error): void => {
    dead ??= error;
    opening.reject(error);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('error', die);
  worker.on('exit', () => die(new Fault('absent', `${setup.path}: the spool is closed`)));

  const call: SpoolThread['call'] = (verb, work) => {
    if (dead) return Promise.reject(dead);
    const { promise, resolve, reject } = Promise.withResolvers<Results[typeof verb]>();
    calls += 1;
    waiting.set(calls, { resolve, reject });
    worker.postMessage({ call: calls, verb, work });
    return promise;
  };
  const opened = await opening.promise;
  const close = async (): Promise<void> => {
    if (dead) return;
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    await call('close', {});
    await gone;
  };
  return { opened, call, close };
}
