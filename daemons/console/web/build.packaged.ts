import { getRawAsset } from 'node:sea';
import { deserialize } from 'node:v8';
import type { Page } from './build.ts';

/** As `build.ts`: the page that was built with the executable. */
export const buildPage = (): Promise<Page> =>
  Promise.resolve(deserialize(Buffer.from(getRawAsset('pages/console') as ArrayBuffer)) as Page);
