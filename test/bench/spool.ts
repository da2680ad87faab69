import type { Figure } from './figure.ts';
import { durable } from './spool-durable.ts';
import { growth } from './spool-growth.ts';
import { jitter } from './spool-jitter.ts';
import { wear } from './spool-wear.ts';

export const spool = async (): Promise<readonly Figure[]> => [
  ...(await durable()),
  await wear(),
  ...(await growth()),
  await jitter(),
];
