/**
 * Inference in a worker thread, one a model: for models that would hold up the event loop. A model that crashes or hangs
 * its runtime costs that thread and nothing else.
 */
import { Worker } from 'node:worker_threads';
import { timeLimit } from '../flow/time-limit.ts';
import { turns } from '../flow/turns.ts';
import { Fault } from '../ports/fault.ts';
import type { Infer, Model, TensorData, TensorInfo } from '../ports/infer.ts';
import { runnable } from '../tflite/detection.ts';
import { checkInputs, tensorArray } from './infer.litert-model.ts';
import { compileWasm, engineOf, packagedRuntime, type RuntimeSource } from './infer.litert-runtime.ts';

interface Shared {
  /** Absent: the variant of the installed package that fits the number of threads. */
  readonly source?: RuntimeSource;
  /** The thread's program; absent: the file beside this one. A bundle has it elsewhere. */
  readonly thread?: URL;
  /** The longest that loading or one inference may take; then the thread is ended. Default 30 s. */
  readonly deadlineMs?: number;
}

/** Two threads need a folder in which the runtime's file can be written: its own threads are started from it. */
export type LiteRtWorkerOptions =
  | (Shared & { readonly threads: 1 })
  | (Shared & { readonly threads: 2; readonly cacheDir: string });

/** What a thread is started with. */
export interface ThreadStart {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly glue: string;
  readonly module: WebAssembly.Module;
  readonly threads: number;
  readonly cacheDir: string | null;
}

/** Tensors are handed over in shared memory: nothing is copied twice, and the caller keeps its arrays. */
export interface ThreadLoaded {
  readonly inputs: readonly (TensorInfo & { readonly memory: SharedArrayBuffer })[];
  readonly outputs: readonly (TensorInfo & { readonly memory: SharedArrayBuffer })[];
  readonly classes?: number;
}

export type ThreadSays = { readonly loaded: ThreadLoaded } | { readonly ran: true } | { readonly refused: string };

/** Compiles the runtime and answers with an engine that starts a thread for every model. Errors of `load`: see `Infer`. */
export async function openLiteRtWorker(options: LiteRtWorkerOptions): Promise<Infer> {
  const source = options.source ?? packagedRuntime(options.threads === 1 ? 'compat' : 'threaded');
  const module = await compileWasm(source);
  const open = new Set<WorkerModel>();
  return {
    engine: engineOf(source, options.threads),
    load: async (bytes, name) => {
      // Here as well as in the thread: most broken files then cost no thread.
      runnable(bytes, name);
      const start: ThreadStart = {
        name,
        bytes,
        glue: source.glue,
        module,
        threads: options.threads,
        cacheDir: options.threads === 1 ? null : options.cacheDir,
      };
      const worker = new Worker(options.thread ?? new URL('./infer.litert-thread.ts', import.meta.url), {
        workerData: start,
      });
      const model = await WorkerModel.open(worker, name, options.deadlineMs ?? 30_000);
      open.add(model);
      worker.once('exit', () => open.delete(model));
      return model;
    },
    close: async () => {
      await Promise.all([...open].map((model) => model.close()));
    },
  };
}

class WorkerModel implements Model {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly classes?: number;
  readonly #line: ThreadLine;
  readonly #turn = turns();
  readonly #given: readonly TensorData[];
  readonly #results: readonly TensorData[];
  readonly #answers: readonly TensorData[];

  static async open(worker: Worker, name: string, deadlineMs: number): Promise<WorkerModel> {
    const line = new ThreadLine(worker, name, deadlineMs);
    const said = await line.next('loading', () => {});
    if (!('loaded' in said)) throw new TypeError(`${name}: the thread answered out of turn`);
    return new WorkerModel(line, said.loaded);
  }

  private constructor(line: ThreadLine, { inputs, outputs, classes }: ThreadLoaded) {
    const infoOf = ({ name, shape, type, quantisation }: TensorInfo): TensorInfo => ({
      name,
      shape,
      type,
      quantisation,
    });
    this.#line = line;
    this.inputs = inputs.map(infoOf);
    this.outputs = outputs.map(infoOf);
    if (classes !== undefined) this.classes = classes;
    this.#given = inputs.map(({ type, memory }) => tensorArray(type, memory));
    this.#results = outputs.map(({ type, memory }) => tensorArray(type, memory));
    this.#answers = this.#results.map((data) => data.slice());
  }

  async run(inputs: readonly TensorData[]): Promise<readonly TensorData[]> {
    checkInputs(this.#line.name, this.inputs, inputs);
    return this.#turn(async () => {
      await this.#line.next('an inference', (worker) => {
        this.#given.forEach((memory, i) => {
          memory.set(inputs[i] as TensorData);
        });
        worker.postMessage('run');
      });
      // Copied out before the next turn: the thread may then be writing into the shared memory again.
      this.#answers.forEach((answer, i) => {
        answer.set(this.#results[i] as TensorData);
      });
      return this.#answers;
    });
  }

  close(): Promise<void> {
    return this.#line.end('is closed');
  }
}

/** The conversation with one thread: one question at a time, each with a deadline. */
class ThreadLine {
  readonly name: string;
  readonly #deadlineMs: number;
  #worker: Worker | null;
  #why = '';
  #answer: (said: ThreadSays) => void = () => {};
  #fail: (fault: Fault) => void = () => {};

  constructor(worker: Worker, name: string, deadlineMs: number) {
    this.name = name;
    this.#worker = worker;
    this.#deadlineMs = deadlineMs;
    worker.on('message', (said: ThreadSays) => {
      if ('refused' in said) this.#lose(new Fault('refused', said.refused));
      else this.#answer(said);
    });
    const died = (reason: unknown): void =>
      this.#lose(
        new Fault('refused', `${name}: the thread of the model ended: ${reason}; load the model again`, reason),
      );
    worker.on('error', died);
    worker.on('exit', (code) => died(`exit code ${code}`));
  }

  async next(what: string, ask: (worker: Worker) => void): Promise<ThreadSays> {
    const worker = this.#worker;
    if (!worker) throw new Fault('refused', `${this.name}: the model ${this.#why}; load it again`);
    // A thread that nobody waits for must not keep the process alive.
    worker.ref();
    const answered = Promise.withResolvers<ThreadSays>();
    this.#answer = answered.resolve;
    this.#fail = answered.reject;
    // An answer that came while this process stood still is no late one.
    const answeredInTime = timeLimit(this.#deadlineMs, () => {
      const late = `${this.name}: ${what} took longer than ${this.#deadlineMs} ms; its thread was ended`;
      this.#lose(new Fault('timeout', late));
    });
    ask(worker);
    try {
      return await answered.promise;
    } finally {
      answeredInTime();
      worker.unref();
    }
  }

  /** Ends the thread and whoever waits for it. */
  #lose(fault: Fault): void {
    this.#fail(fault);
    void this.end('lost its thread at an earlier call');
  }

  async end(why: string): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    this.#worker = null;
    this.#why = why;
    this.#fail(new Fault('refused', `${this.name}: the model ${why}; the inference was not finished`));
    await worker.terminate();
  }
}
