/** Shapes of what boxes send. Loose: fields of a newer version are kept. The types they give are held against `values/`. */
import * as z from 'zod';
import type { Alert } from '../values/alert.ts';
import { type BoxEvent, type Envelope, type Stream, streams, type TelemetryBody } from '../values/envelope.ts';
import type { Flag } from '../values/flags.ts';
import type { Stamp } from '../values/stamp.ts';
import { doubt } from './doubt.ts';
import { parseWire } from './parse.ts';
import { stamp, where } from './place.ts';
import { plot } from './plot.ts';
import { plume } from './plume.ts';
import { namePattern } from './topics.ts';

export const name = z.string().regex(namePattern, 'must be small letters, digits and hyphens, 1 to 32 of them');
export { stamp } from './place.ts';

const text = (length: number) => z.string().max(length);
const seq = z.int().min(1);
const spool = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'must be letters, digits and hyphens, 1 to 64 of them');

// Open on purpose: an alert of a newer box must not be refused for a flag that we do not know.
const flags = z.array(text(32)).max(64).readonly() as z.ZodType<unknown> as z.ZodType<readonly Flag[]>;

const model = z.looseObject({ name: text(128), version: text(64), sha256: z.string().regex(/^[0-9a-f]{64}$/) });

const evidence = z.looseObject({
  sensor: text(64),
  quantity: text(64),
  value: z.number().nullable(),
  unit: text(32),
  u: z.number().nullable(),
  lod: z.number().positive().optional(),
  calibration: text(128).nullable(),
  flags,
});

const because = z.looseObject({
  rule: text(1024),
  score: z.number(),
  peak: z.number(),
  threshold: z.number(),
  model: model.nullable(),
  evidence: z.array(evidence).max(1024).readonly(),
});

export const alert = z.looseObject({
  id: z.string().min(1).max(128),
  rev: seq,
  kind: text(64),
  family: z.enum(['safety', 'evidence']),
  severity: z.enum(['info', 'warning', 'critical']),
  condition: z.enum(['raised', 'held', 'cleared']),
  certainty: z.enum(['indication', 'corroborated']),
  at: stamp,
  since: stamp,
  because,
  where: where.nullable(),
  expiresMs: z.number(),
  flags,
  plume: plume.optional(),
  plot: plot.optional(),
  doubts: z.array(doubt).max(64).readonly().optional(),
});

const event = z.looseObject({
  type: text(64),
  severity: z.enum(['info', 'warning', 'error']),
  at: stamp,
  message: text(16_384),
  detail: z.record(z.string(), z.unknown()),
});

const telemetry = z.looseObject({
  encoding: z.literal('columns+deflate-raw+base64'),
  from: stamp,
  to: stamp,
  values: seq,
  data: z.string(),
});

/** What tells one envelope from every other: enough to say that it came, whatever its body is. */
const key = { v: z.literal(1), device: name, spool };
const link = {
  seq,
  at: stamp,
  prev: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
  salt: z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits'),
};

export const envelopeKey = z.looseObject({ ...key, stream: z.enum(streams), seq });
export type EnvelopeKey = z.infer<typeof envelopeKey>;

export const envelope = z.discriminatedUnion('stream', [
  z.looseObject({ ...key, stream: z.literal('alert'), ...link, body: alert }),
  z.looseObject({ ...key, stream: z.literal('event'), ...link, body: event }),
  z.looseObject({ ...key, stream: z.literal('tele'), ...link, body: telemetry }),
]);

/** An envelope from its JSON text. Errors: Fault `protocol` that names the path. */
export const parseEnvelope = (json: string): Envelope => parseWire(json, envelope);

/** `T` without the room for unknown fields, so that a shape and a value can be held against each other. */
type Plain<T> = T extends readonly (infer U)[]
  ? readonly Plain<U>[]
  : T extends object
    ? { readonly [K in keyof T as string extends K ? never : K]: Plain<T[K]> }
    : T;
type Same<A, B> = [Plain<A>] extends [Plain<B>] ? ([Plain<B>] extends [Plain<A>] ? true : never) : never;
type Held<S extends z.ZodType, T> = Same<z.infer<S>, T>;
type Of<S extends Stream> = Extract<z.infer<typeof envelope>, { stream: S }>;

/** Fails to compile when a shape and its value part. */
export const heldAgainstValues: readonly [
  Held<typeof stamp, Stamp>,
  Held<typeof alert, Alert>,
  Held<typeof event, BoxEvent>,
  Held<typeof telemetry, TelemetryBody>,
  Same<Of<'alert'>, Envelope<'alert'>>,
  Same<Of<'event'>, Envelope<'event'>>,
  Same<Of<'tele'>, Envelope<'tele'>>,
] = [true, true, true, true, true, true, true];
