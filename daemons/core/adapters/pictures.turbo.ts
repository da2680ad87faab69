/**
 * JPEG by libjpeg-turbo in WebAssembly (`@cwasm/jpeg-turbo`: the TurboJPEG API without glue), for pictures in which nothing is
 * wrong: half the time of mozjpeg and the same bytes. It says that something is wrong, but not what.
 */
import type { Picture } from '../values/frame.ts';
import { webAssembly } from './web-assembly.ts';

/** The part of turbojpeg.h that is used; addresses are numbers. */
interface Turbo {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(size: number): number;
  free(at: number): void;
  tjInitDecompress(): number;
  tjDestroy(handle: number): number;
  tjDecompressHeader3(
    handle: number,
    jpeg: number,
    size: number,
    width: number,
    height: number,
    sub: number,
    space: number,
  ): number;
  tjDecompress2(
    handle: number,
    jpeg: number,
    size: number,
    to: number,
    width: number,
    pitch: number,
    height: number,
    format: number,
    flags: number,
  ): number;
}

/** enum TJPF: red, green, blue. */
const rgbFormat = 0;

/** Gives a picture, or null for one that is damaged in any way, or does not fit into memory. */
export type TurboDecode = (jpeg: Uint8Array) => Picture | null;

class GaveUp extends Error {}

/** What the program asks of its surroundings: libjpeg leaves an error by longjmp, which ends the call here. */
const imports = {
  env: {
    setjmp: () => 0,
    longjmp: () => {
      throw new GaveUp();
    },
  },
  wasi_snapshot_preview1: Object.fromEntries(
    ['environ_sizes_get', 'environ_get', 'proc_exit', 'fd_close', 'fd_seek', 'fd_write'].map((name) => [name, () => 0]),
  ),
};

export async function openTurbo(program: Uint8Array): Promise<TurboDecode> {
  const module = await webAssembly.compile(program);
  const start = (): Turbo => new webAssembly.Instance(module, imports).exports as unknown as Turbo;
  let turbo = start();
  return (jpeg) => {
    let picture: Picture | null = null;
    try {
      picture = decoded(turbo, jpeg);
    } catch (error) {
      // A trap, or a longjmp: whatever it is, the other decoder says what is wrong with the picture.
      if (!(error instanceof GaveUp || error instanceof webAssembly.RuntimeError)) throw error;
    }
    // What it had in hand is still there, and its state is not to be relied on.
    if (!picture) turbo = start();
    return picture;
  };
}

function decoded(turbo: Turbo, jpeg: Uint8Array): Picture | null {
  const given = turbo.malloc(jpeg.length);
  const facts = turbo.malloc(16);
  const handle = turbo.tjInitDecompress();
  if (given === 0 || facts === 0 || handle === 0) return null;
  // The memory may grow, and is another buffer then: every view is made when it is used.
  new Uint8Array(turbo.memory.buffer, given, jpeg.length).set(jpeg);
  if (turbo.tjDecompressHeader3(handle, given, jpeg.length, facts, facts + 4, facts + 8, facts + 12) !== 0) return null;
  const [width = 0, height = 0] = new Int32Array(turbo.memory.buffer, facts, 2);
  const size = 3 * width * height;
  const to = turbo.malloc(size);
  // It warns by its answer too: then pixels are missing, or there is padding that means nothing.
  if (to === 0 || turbo.tjDecompress2(handle, given, jpeg.length, to, width, 3 * width, height, rgbFormat, 0) !== 0)
    return null;
  const rgb = new Uint8Array(turbo.memory.buffer, to, size).slice();
  turbo.tjDestroy(handle);
  for (const at of [given, facts, to]) turbo.free(at);
  return { width, height, rgb };
}
