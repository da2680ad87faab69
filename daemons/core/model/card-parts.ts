/** What every model card says, whatever the model is shown. */
import * as z from 'zod';
import { onDemand } from '../config/on-demand.ts';

export const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
/** A path inside the model's folder: never out of it. */
export const inside = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*(\/[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*)*$/i);
export const share = z.number().min(0).max(1);

export const tensor = onDemand(() =>
  z.strictObject({
    name: z.string().min(1),
    shape: z.array(z.int().min(1)).min(1),
    type: z.enum(['float32', 'int8', 'uint8']),
  }),
);

export type TensorClaim = z.infer<typeof tensor>;

export const role = z
  .enum(['target', 'interferent', 'background'])
  .describe('target: what the model is for; interferent: looks like it and is not; background: nothing there');

/** The first fields of a card. */
export const identity = {
  name,
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  purpose: z.string().min(1).describe('what it is for, in the words of the allow-list'),
  file: inside.describe('the .tflite file, beside the card'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('of the .tflite file, in hex'),
} as const;

/** The last fields of a card. */
export const closing = {
  limits: z.array(z.string().min(1)).min(1),
  engines: z
    .array(z.enum(['compat', 'threaded']))
    .min(1)
    .optional()
    .describe('engines beside compat on one thread that may decide with it: their last bit may differ by processor'),
  licence: z.string().min(1),
} as const;
