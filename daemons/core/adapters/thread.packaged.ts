import { getAsset } from 'node:sea';

/** A thread of the executable as an address that `Worker` takes: the whole program of the thread is in it. */
export const threadAt = (name: string): URL =>
  new URL(`data:text/javascript;base64,${Buffer.from(getAsset(name, 'utf8')).toString('base64')}`);
