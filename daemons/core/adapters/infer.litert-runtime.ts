/**
 * Google's LiteRT (TensorFlow Lite with XNNPACK) as WebAssembly, driven directly. The package's own JavaScript needs a
 * browser and knows neither int8 nor an open batch, so only its generated glue and its .wasm are used.
 */
import { hash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { threadId } from 'node:worker_threads';
import type { Engine } from '../ports/infer.ts';
import { shippedFile } from './shipped.ts';

/**
 * `compat` is SIMD128 and answers alike on every processor; `threaded` is relaxed SIMD with threads, whose last bit may
 * differ between processors.
 */
export type Variant = 'compat' | 'threaded';

/** Where a variant comes from: the package by default, an asset of the executable elsewhere. */
export interface RuntimeSource {
  readonly variant: Variant;
  /** Text of the generated JavaScript. */
  readonly glue: string;
  readonly wasm: Uint8Array<ArrayBuffer>;
}

interface Handle {
  delete(): void;
}

interface Vector<T> extends Handle {
  size(): number;
  get(index: number): T;
  push_back(item: T): void;
}

export interface ElementType {
  readonly value: number;
}

export interface RankedType extends Handle {
  elementType(): ElementType;
  layout(): Handle & { dimensions(): Vector<number> };
  bytes(): number;
}

export interface TensorBuffer extends Handle {
  /** Address of the data in the heap until `unlock`. */
  lock(mode: unknown): number;
  unlock(): void;
  packedSize(): number;
}

export interface WasmModel extends Handle {
  getSignature(index: number): Handle & { inputNames(): Vector<string>; outputNames(): Vector<string> };
  getInputTensorType(signature: number, index: number): RankedType;
  getOutputTensorType(signature: number, index: number): RankedType;
}

export interface CompiledModel extends Handle {
  run(signature: number, inputs: readonly TensorBuffer[]): TensorBuffer[];
}

/** What the glue exports (litert/js/packages/core, wasm_binding_types.ts), as far as it is used. */
export interface Wasm {
  /** Replaced whenever the memory grows: never keep it. */
  readonly HEAPU8: Uint8Array;
  _malloc(size: number): number;
  setupLogging(): void;
  readonly LiteRtEnvironment: { create(gpu: null): Handle };
  loadModel(environment: Handle, at: number, size: number): WasmModel;
  compileModel(environment: Handle, model: WasmModel, options: object): CompiledModel | Promise<CompiledModel>;
  readonly LiteRtTensorBuffer: {
    createManaged(environment: Handle, kind: unknown, type: RankedType, size: number): TensorBuffer;
  };
  readonly LiteRtTensorBufferType: { readonly HOST_MEMORY: unknown };
  readonly LiteRtTensorBufferLockMode: { readonly READ: unknown; readonly WRITE: unknown };
  readonly LiteRtLayout: { create(dimensions: Vector<number>): Handle };
  readonly LiteRtRankedTensorType: { create(type: ElementType, layout: Handle): RankedType };
  readonly VectorInt32: new () => Vector<number>;
}

/** The part of the JavaScript API of WebAssembly that is used; Node's own types leave it to the browser's. */
const webAssembly = (
  globalThis as unknown as {
    readonly WebAssembly: {
      compile(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module>;
      instantiate(module: WebAssembly.Module, imports: object): Promise<object>;
    };
  }
).WebAssembly;

export type Factory = (options: object) => Promise<Wasm>;

/** A compiled runtime. Starting one costs milliseconds and little memory, so every model gets its own. */
export interface Compiled {
  readonly factory: Factory;
  readonly module: WebAssembly.Module;
}

/** One instance of the runtime with its own memory. It has no close: dropping it frees it. */
export interface Runtime {
  readonly wasm: Wasm;
  readonly environment: Handle;
  /** The runtime's own last words, for the reason of a refusal. */
  readonly said: readonly string[];
}

const require = createRequire(import.meta.url);

/** The runtime that came with the program. */
export function packagedRuntime(variant: Variant): RuntimeSource {
  const file = `@litertjs/core/wasm/litert_wasm_${variant}_internal` as const;
  return { variant, glue: Buffer.from(shippedFile(`${file}.js`)).toString(), wasm: shippedFile(`${file}.wasm`) };
}

/** What a source is, for the record of a decision. */
export const engineOf = ({ variant, wasm }: RuntimeSource, threads: number): Engine => ({
  variant,
  threads,
  sha256: hash('sha256', wasm, 'hex'),
});

/** Compiles the .wasm; once is enough for a process and its workers. */
export const compileWasm = ({ wasm }: RuntimeSource): Promise<WebAssembly.Module> => webAssembly.compile(wasm);

/**
 * The factory of the threaded variant, for the thread of a worker: the glue starts its threads from its own file, which
 * must be a real CommonJS file. It is written into `cacheDir`. The number of threads it holds ready is what
 * `navigator.hardwareConcurrency` says, so that is set for this thread.
 */
export function factoryFromFile(glue: string, cacheDir: string, threads: number): Factory {
  const file = path.join(cacheDir, 'litert-threaded.cjs');
  mkdirSync(cacheDir, { recursive: true });
  // Written aside and renamed: another process may be starting its threads from this file right now.
  const aside = `${file}.${process.pid}.${threadId}`;
  writeFileSync(aside, glue);
  renameSync(aside, file);
  const navigator = { hardwareConcurrency: threads, userAgent: 'Node.js' };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  return require(file) as Factory;
}

/** The factory of a variant without threads, from memory. */
export function factoryFromText(glue: string): Factory {
  const holder = { exports: {} as unknown };
  // The glue gets a process of its own to look at: on an abort it would set the exit code of ours.
  const seen = { versions: process.versions, argv: [], env: {}, type: '' };
  const names = ['module', 'exports', 'require', '__filename', '__dirname', 'process'];
  vm.compileFunction(glue, names, { filename: 'litert.js' })(holder, holder.exports, require, 'litert.js', '.', seen);
  return holder.exports as Factory;
}

/** Starts a fresh instance. */
export async function startRuntime({ factory, module }: Compiled): Promise<Runtime> {
  const said: string[] = [];
  const listen = (text: string): void => {
    if (!/ERROR|Abort/.test(text)) return;
    said.push(text);
    if (said.length > 20) said.shift();
  };
  const wasm = await factory({
    instantiateWasm: (imports: object, done: (instance: object, of: object) => void) => {
      void webAssembly.instantiate(module, imports).then((instance) => done(instance, module));
      return {};
    },
    print: listen,
    printErr: listen,
  });
  wasm.setupLogging();
  const environment = wasm.LiteRtEnvironment.create(null);
  said.length = 0;
  return { wasm, environment, said };
}
