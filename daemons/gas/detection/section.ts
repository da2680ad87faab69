import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';

/** The `change` section of a profile's `gas`: what rules with a score `{change: NAME}` stand on. */
export const changeSection = onDemand(() =>
  z
    .strictObject({
      blockSamples: z.int().min(4).max(10_000).default(240).describe('values of one block of the baseline'),
      blocks: z.int().min(3).max(500).default(120).describe('newest blocks that the baseline is a quantile of'),
      learnBlocks: z.int().min(1).max(500).default(5).describe('blocks before anything is judged'),
      quantile: z.number().min(0).max(0.5).default(0.5).describe('0.5: the median; lower where gas comes often'),
      up: z.number().positive().default(0.5).describe('most that a block lifts the baseline, in spreads'),
      down: z.number().positive().default(1).describe('most that a block lowers it, in spreads'),
      leastSpread: z.number().positive().default(0.001).describe('in the unit of the quantity'),
      of: z.int().min(1).max(1000).default(80).describe('values that a change is looked for in; a T90 at least'),
      least: z.int().min(1).max(1000).default(60).describe('of them, how many must lie beyond'),
    })
    .refine((one) => one.least <= one.of, { path: ['least'], error: 'must not be more than of' }),
).prefault({});
