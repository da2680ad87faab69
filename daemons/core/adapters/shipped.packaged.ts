import { getRawAsset } from 'node:sea';
import type { ShippedFile } from './shipped.ts';

/** As `shipped.ts`, out of the executable. The bytes are its own mapped file: no copy, and a write would end the process. */
export const shippedFile = (name: ShippedFile): Uint8Array<ArrayBuffer> =>
  new Uint8Array(getRawAsset(name) as ArrayBuffer);

/** None of an optional dependency is in the executable. */
export const optionalFile = (_name: string): null => null;
