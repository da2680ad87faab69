/** What the spool's two threads say to each other. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { Fault, type FaultKind } from '../ports/fault.ts';
import type { Spooled } from '../ports/spool.ts';
import type { Limits } from '../spool/limits.ts';
import type { Packed } from '../spool/link.ts';
import type { NamedState } from '../spool/waiting.ts';
import type { Stream } from '../values/envelope.ts';
import type { Doubt } from './spool.sqlite.writer.ts';

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
  /** `errand`: puts space aside and brings the log in for a writer elsewhere, then ends. */
  readonly role: 'writer' | 'reader' | 'errand';
  readonly master: Uint8Array | null;
  /** Absent: nothing is signed. */
  readonly signing?: Signing;
  /** What the writer may keep, and the disk space that it puts aside in bytes. */
  readonly limits: Limits;
  readonly reserveBytes: number;
  /** Of a writer elsewhere that gives its file up. */
  readonly doubt?: Doubt | null;
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

/** What a thread is handed for each file: how to open it, and where the answers go. */
export interface Handed {
  readonly setup: WorkerSetup;
  readonly port: MessagePort;
}

/** A thread that holds the files of spools, one after another: whoever only delivers needs one for all. */
export interface SpoolHost {
  /**
   * Waits until the file is open. `onAnswer` gets what is said unasked. Errors: the Fault of the opening; of a call, its own. A thread
   * that dies fails every call with its error.
   */
  open(setup: WorkerSetup, onAnswer: (answer: Answer) => void): Promise<SpoolThread>;
  /** Ends the thread when every file is closed. */
  close(): Promise<void>;
}

/** The thread starts with the first file. */
export function spoolHost(): SpoolHost {
  let worker: Worker | null = null;
  const fails = new Set<(error: Error) => void>();
  const failAll = (error: Error): void => {
    for (const fail of fails) fail(error);
  };
  const started = (): Worker => {
    if (worker) return worker;
    worker = new Worker(new URL('./spool.sqlite.worker.ts', import.meta.url));
    worker.on('error', failAll);
    worker.on('exit', () => failAll(new Fault('absent', 'the thread of the spools has ended')));
    return worker;
  };
  return {
    open: async (setup, onAnswer) => {
      const { port1: here, port2: there } = new MessageChannel();
      const line = callsOver(here, setup.path, onAnswer);
      fails.add(line.fail);
      here.once('close', () => fails.delete(line.fail));
      started().postMessage({ setup, port: there } satisfies Handed, [there]);
      return { opened: await line.opened, call: line.call, close: line.close };
    },
    close: async () => {
      if (!worker) return;
      const gone = new Promise<void>((resolve) => worker?.once('exit', () => resolve()));
      worker.postMessage(null);
      await gone;
    },
  };
}

/** A thread for one file, which ends with it. */
export async function startThread(setup: WorkerSetup, onAnswer: (answer: Answer) => void): Promise<SpoolThread> {
  const host = spoolHost();
  try {
    const thread = await host.open(setup, onAnswer);
    const close = async (): Promise<void> => {
      await thread.close();
      await host.close();
    };
    return { ...thread, close };
  } catch (error) {
    await host.close();
    throw error;
  }
}

interface Waiting {
  resolve(result: never): void;
  reject(error: Error): void;
}

interface Line extends Pick<SpoolThread, 'call' | 'close'> {
  readonly opened: Promise<Opened>;
  /** Every call from now on, and those that wait. */
  fail(error: Error): void;
}

function callsOver(port: MessagePort, path: string, onAnswer: (answer: Answer) => void): Line {
  const waiting = new Map<number, Waiting>();
  const opening = Promise.withResolvers<Opened>();
  let calls = 0;
  let dead: Error | null = null;

  const fail = (error: Error): void => {
    dead ??= error;
    opening.reject(error);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  port.on('message', (answer: Answer) => {
    if (answer.say === 'opened') opening.resolve(answer);
    else if (answer.say === 'done' || answer.say === 'fault') {
      const caller = waiting.get(answer.call);
      waiting.delete(answer.call);
      if (answer.say === 'done') caller?.resolve(answer.result as never);
      else if (caller) caller.reject(new Fault(answer.kind, answer.message));
      else opening.reject(new Fault(answer.kind, answer.message));
    } else onAnswer(answer);
  });
  port.once('close', () => fail(new Fault('absent', `${path}: the spool is closed`)));

  const call: SpoolThread['call'] = (verb, work) => {
    if (dead) return Promise.reject(dead);
    const { promise, resolve, reject } = Promise.withResolvers<Results[typeof verb]>();
    calls += 1;
    waiting.set(calls, { resolve, reject });
    port.postMessage({ call: calls, verb, work });
    return promise;
  };
  const close = async (): Promise<void> => {
    if (dead) return;
    const gone = new Promise<void>((resolve) => port.once('close', () => resolve()));
    await call('close', {});
    await gone;
  };
  return { opened: opening.promise, fail, call, close };
}
