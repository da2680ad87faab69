import * as z from 'zod';
import { onDemand } from '../config/on-demand.ts';
import { closing, identity, inside, name, role, share, tensor } from './card-parts.ts';

const label = z.strictObject({
  name,
  role,
});

/**
 * A model card: what a model is, what it was made for and from, and what it may be trusted with. It is the model's
 * contract: `activate` holds the file, the box and the profile against it.
 */
export const card = onDemand(() =>
  z
    .strictObject({
      ...identity,
      task: z.literal('classification'),
      labels: z.array(label).min(2).describe('in the order of the output, each once, one of them a target at least'),
      input: z.strictObject({
        tensor,
        features: z.array(z.string().min(1)).min(1).describe('name of each number, in order'),
        standard: z
          .strictObject({ centre: z.array(z.number()).min(1), scale: z.array(z.number().positive()).min(1) })
          .optional()
          .describe('the tensor holds (feature - centre) / scale; absent: the features as they are'),
        array: z
          .array(z.strictObject({ quantity: name, part: z.string().min(1) }))
          .min(1)
          .describe('the sensors it was trained on, in order'),
        window: z.strictObject({
          samples: z.int().min(1),
          periodMs: z.tuple([z.number().positive(), z.number().positive()]).describe('shortest and longest'),
        }),
      }),
      output: tensor,
      thresholds: z.strictObject({ target: share.describe('summed probability of the targets that is worth a look') }),
      training: z.strictObject({
        data: z.string().min(1).describe('what it was trained on, in a sentence: simulated, or whose records'),
        program: z.string().min(1),
        windows: z.int().min(1),
        seed: z.int(),
        sessions: z
          .array(name)
          .optional()
          .describe('sessions of this array that it was fitted on: on those it cannot be held against another model'),
      }),
      evaluation: z.strictObject({
        data: z.string().min(1),
        windows: z.int().min(1),
        accuracy: share,
        recall: z.record(name, share),
        target: z.strictObject({
          truePositive: share.describe('share of windows with a target that reach thresholds.target'),
          falsePositive: share.describe('share of windows without a target that reach it'),
        }),
        floatAccuracy: share.describe('of the float model, beside the quantised one'),
        curves: z
          .strictObject({
            roc: z.array(z.strictObject({ threshold: share, truePositive: share, falsePositive: share })).min(2),
            reliability: z.array(z.strictObject({ said: share, was: share, windows: z.int().min(1) })).min(1),
          })
          .optional()
          .describe('of the summed probability of the targets, on the same windows'),
      }),
      ...closing,
      golden: z.strictObject({
        file: inside,
        tolerance: share.describe('how far a probability may be off on any machine'),
      }),
    })
    .refine((one) => new Set(one.labels.map((label) => label.name)).size === one.labels.length, {
      path: ['labels'],
      error: 'every label must be there once',
    })
    .refine(
      ({ input: { features, standard } }) =>
        !standard || [standard.centre, standard.scale].every(({ length }) => length === features.length),
      { path: ['input', 'standard'], error: 'centre and scale must have a number for every feature' },
    )
    .refine((one) => one.labels.some((label) => label.role === 'target'), {
      path: ['labels'],
      error: 'one label at least must be a target',
    }),
);

export type Card = z.infer<typeof card>;

/** Inputs with the answer that the model gave when it was made. */
export const goldenVectors = onDemand(() =>
  z.strictObject({
    vectors: z
      .array(z.strictObject({ features: z.array(z.number()).min(1), probabilities: z.array(share).min(2) }))
      .min(1),
  }),
);

export type GoldenVectors = z.infer<typeof goldenVectors>;
