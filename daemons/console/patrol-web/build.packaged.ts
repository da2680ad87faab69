import { getRawAsset } from 'node:sea';
import { deserialize } from 'node:v8';
import type { Page } from '../web/build.ts';

/** As `build.ts`: the page that was built with the executable. */
export const buildPatrolPage = (): Promise<Page> =>
  Promise.resolve(deserialize(Buffer.from(getRawAsset('pages/patrol') as ArrayBuffer)) as Page);
