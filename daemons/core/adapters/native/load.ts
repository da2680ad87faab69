import { createRequire } from 'node:module';

/** Loads a built addon by its path beside this file. Errors: Node's own. */
export const loadNative = (file: string): unknown => createRequire(import.meta.url)(file);
