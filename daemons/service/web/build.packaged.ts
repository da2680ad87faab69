import { getRawAsset } from 'node:sea';
import { deserialize } from 'node:v8';
import type { LocalPage } from './build.ts';

/** As `build.ts`: the page that was built with the executable. */
export const buildPage = (): Promise<LocalPage> =>
  Promise.resolve(deserialize(Buffer.from(getRawAsset('pages/service') as ArrayBuffer)) as LocalPage);
