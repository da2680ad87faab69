import { getRawAsset } from 'node:sea';
import { deserialize } from 'node:v8';
import type { PageScript } from './script.ts';

/** As `script.ts`: what was built with the executable. */
export const pageScript = (): Promise<PageScript> =>
  Promise.resolve(deserialize(Buffer.from(getRawAsset('pages/replay') as ArrayBuffer)) as PageScript);
