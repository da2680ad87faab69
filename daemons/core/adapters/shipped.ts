import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import path from 'node:path';

/** Files of npm packages that are read while the program runs: by package, then the path in it. The executable holds them. */
export const shippedFiles = [
  '@litertjs/core/wasm/litert_wasm_compat_internal.js',
  '@litertjs/core/wasm/litert_wasm_compat_internal.wasm',
  '@litertjs/core/wasm/litert_wasm_threaded_internal.js',
  '@litertjs/core/wasm/litert_wasm_threaded_internal.wasm',
  '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  '@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm',
  'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
] as const;
export type ShippedFile = (typeof shippedFiles)[number];

/** The bytes of one of them; nobody may write to these. */
export function shippedFile(name: ShippedFile): Uint8Array<ArrayBuffer> {
  const bytes = fileOf(name);
  if (!bytes) throw new Error(`the npm package of ${name} is not installed`);
  return bytes;
}

/** A file of an optional dependency, which the executable does not hold; null where it is not installed. */
export const optionalFile = (name: '@cwasm/jpeg-turbo/jpeg-turbo.wasm'): Uint8Array<ArrayBuffer> | null => fileOf(name);

function fileOf(name: string): Uint8Array<ArrayBuffer> | null {
  const [, owner = '', inside = ''] = /^((?:@[^/]+\/)?[^/]+)\/(.*)$/.exec(name) ?? [];
  const manifest = manifestOf(owner);
  if (manifest === undefined) return null;
  const bytes = readFileSync(path.join(path.dirname(manifest), inside));
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function manifestOf(owner: string): string | undefined {
  try {
    return findPackageJSON(owner, import.meta.url);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
}
