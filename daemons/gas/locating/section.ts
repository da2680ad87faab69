import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';

/** The `plume` section of a profile's `gas`: absent, nothing is said of where gas comes from. */
export const plumeSection = onDemand(() =>
  z
    .strictObject({
      gases: z
        .array(
          z.strictObject({
            gas: z.string().min(1).max(32).describe('as rules name it'),
            quantities: z.array(z.string()).min(1).max(8).describe('measured in ppm, ppb, mg/m3 or ug/m3'),
            gPerMol: z.number().min(1).max(500).describe('molar mass'),
          }),
        )
        .min(1)
        .max(4),
      rowS: z
        .int()
        .min(1)
        .max(600)
        .default(60)
        .describe('seconds of one row of means: a minute for a post, a hover of a drone'),
      reachM: z
        .number()
        .min(10)
        .max(1000)
        .default(150)
        .describe('metres to each side in which the source is looked for'),
      cellM: z.number().min(0.5).max(50).default(6).describe('side of a cell of the map in metres'),
      inletM: z.number().min(0).max(100).default(2).describe('metres of the inlet above the ground, of a post'),
      beforeRows: z
        .int()
        .min(0)
        .max(60)
        .default(2)
        .describe('rows of clean air before the gas that it begins with; of the place of a source they tell nothing'),
      afterS: z
        .int()
        .min(0)
        .max(86_400)
        .default(1800)
        .describe('seconds after an alert in which another one of its gas is taken as the same source'),
    })
    .refine(({ reachM, cellM }) => reachM / cellM <= 30, {
      path: ['cellM'],
      error: 'must be at least a thirtieth of reachM: more cells would hold up the line of a small box',
    }),
);

export type PlumeSection = z.infer<typeof plumeSection>;
