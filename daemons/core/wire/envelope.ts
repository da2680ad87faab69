/** What comes over MQTT, parsed. Unknown fields are kept: a newer box may say more than this centre knows. */
import { z } from 'zod';
import { Fault } from '../ports/fault.ts';
import type { BoxEvent, Envelope, TelemetryBody } from '../values/envelope.ts';
import type { Stamp } from '../values/stamp.ts';

/** An alert with its evidence is a few kB, a telemetry batch some ten: more is not one of ours. */
export const mostBytes = 1_000_000;

const name = z.string().regex(/^[a-z0-9-]{1,32}$/);
const stamp: z.ZodType<Stamp> = z.looseObject({
  wallMs: z.number(),
  monoNs: z.number().nonnegative(),
  boot: z.string().max(64),
  synced: z.boolean(),
  uncertaintyMs: z.number().nonnegative().nullable(),
});
const flags = z.array(z.string().max(40)).max(40);
const evidence = z.looseObject({
  sensor: z.string(),
  quantity: z.string(),
  value: z.number().nullable(),
  unit: z.string(),
  u: z.number().nullable(),
  calibration: z.string().nullable(),
  flags,
});
const model = z.looseObject({ name: z.string(), version: z.string(), sha256: z.string() });
const where = z.looseObject({
  lat: z.number().min(-90).max(90),
  lon: z.number().min(-180).max(180),
  ceM: z.number().nonnegative(),
  source: z.enum(['surveyed', 'gnss', 'plume', 'projected']),
});

const alert = z.looseObject({
  id: z.string().min(1).max(200),
  rev: z.int().min(1),
  kind: z.string().max(64),
  family: z.enum(['safety', 'evidence']),
  severity: z.enum(['info', 'warning', 'critical']),
  condition: z.enum(['raised', 'held', 'cleared']),
  certainty: z.enum(['indication', 'corroborated']),
  at: stamp,
  since: stamp,
  because: z.looseObject({
    rule: z.string(),
    score: z.number(),
    peak: z.number(),
    threshold: z.number(),
    model: model.nullable(),
    evidence: z.array(evidence).max(200),
  }),
  where: where.nullable(),
  expiresMs: z.number(),
  flags,
});
const event: z.ZodType<BoxEvent> = z.looseObject({
  type: z.string().max(64),
  severity: z.enum(['info', 'warning', 'error']),
  at: stamp,
  message: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
const tele: z.ZodType<TelemetryBody> = z.looseObject({
  encoding: z.literal('columns+deflate-raw+base64'),
  from: stamp,
  to: stamp,
  values: z.int().nonnegative(),
  data: z.string(),
});

const head = {
  v: z.literal(1),
  device: name,
  spool: z.string().min(1).max(64),
  seq: z.int().min(1),
  at: stamp,
  prev: z.string().regex(/^[0-9a-f]{64}$/),
};
const envelope = z.discriminatedUnion('stream', [
  z.looseObject({ ...head, stream: z.literal('alert'), body: alert }),
  z.looseObject({ ...head, stream: z.literal('event'), body: event }),
  z.looseObject({ ...head, stream: z.literal('tele'), body: tele }),
]);

/** The receipt: what the centre has committed of one stream of one spool. */
export const receipt = z.looseObject({
  v: z.literal(1),
  spool: z.string().min(1).max(64),
  stream: z.enum(['alert', 'event', 'tele']),
  through: z.int().nonnegative(),
  missing: z.array(z.int().min(1)).max(1000),
});
export type Receipt = z.infer<typeof receipt>;

export const birth = z.looseObject({
  v: z.literal(1),
  device: name,
  site: name,
  boot: z.string().max(64),
  simulated: z.boolean(),
});
export const status = z.looseObject({
  v: z.literal(1),
  status: z.enum(['online', 'offline']),
  boot: z.string().max(64),
});

/** JSON text to a value of a shape. Errors: Fault `protocol` naming what is wrong and where in the message. */
export function parseJson<T>(what: string, text: string, shape: z.ZodType<T>): T {
  if (text.length > mostBytes)
    throw new Fault('protocol', `${what}: ${text.length} characters; at most ${mostBytes} are taken`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Fault('protocol', `${what}: not JSON (${(error as Error).message})`, error);
  }
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new Fault(
    'protocol',
    `${what}: ${first?.path.join('.') || '(whole message)'}: ${first?.message}`,
    parsed.error,
  );
}

/** An envelope from its exact text; the text stays what is hashed. */
export const parseEnvelope = (text: string): Envelope => parseJson('envelope', text, envelope) as unknown as Envelope;
