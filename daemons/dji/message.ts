/** A message of the Cloud API (Cloud-API-Doc, "Topic Definition", common fields). Whatever a field is not, the rest is read. */
import * as z from 'zod';
import { Fault } from '../core/ports/fault.ts';
import { parseWire, textOf } from '../core/wire/parse.ts';

export interface Message {
  /** Of one exchange, and of a longer matter. */
  readonly tid: string | null;
  readonly bid: string | null;
  /** When it was sent, Unix ms by the sender's clock. */
  readonly sentMs: number | null;
  readonly gateway: string | null;
  readonly method: string | null;
  readonly needReply: boolean;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A whole topology with every property is some 20 kB. */
export const longestPayload = 256 * 1024;

const text = z.string().min(1).max(128).nullable().catch(null);
/** Numbers come as text too: the documentation's own example of a media notice has one. */
const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);

const shape = z.looseObject({
  tid: text.default(null),
  bid: text.default(null),
  gateway: text.default(null),
  method: text.default(null),
  timestamp: number.pipe(z.number().positive().max(8.64e15)).nullable().catch(null).default(null),
  need_reply: z
    .union([z.literal(1), z.literal(true), z.literal('1')])
    .transform(() => true)
    .catch(false)
    .default(false),
  data: z.record(z.string(), z.unknown()).catch({}).default({}),
});

/** Errors: Fault `protocol`: too long, no UTF-8, no JSON, nested beyond reason, no object. */
export function messageOf(payload: Uint8Array): Message {
  if (payload.length > longestPayload)
    throw new Fault('protocol', `payload: ${payload.length} bytes; must be ${longestPayload} at the most`);
  const { tid, bid, gateway, method, timestamp, need_reply: needReply, data } = parseWire(textOf(payload), shape);
  return { tid, bid, gateway, method, sentMs: timestamp, needReply, data };
}
