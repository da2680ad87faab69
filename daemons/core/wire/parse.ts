import type { z } from 'zod';
import { Fault } from '../ports/fault.ts';

/** Nothing larger is taken or sent: brokers refuse it (NATS: 1 MB by default). In bytes. */
export const maxPayloadBytes = 1_000_000;

/** Bytes of a message as text. Errors: Fault `protocol` when they are too many or not UTF-8. */
export function textOf(payload: Uint8Array): string {
  if (payload.length > maxPayloadBytes)
    throw new Fault('protocol', `payload: ${payload.length} bytes; must be ${maxPayloadBytes} at the most`);
  try {
    return utf8.decode(payload);
  } catch (error) {
    throw new Fault('protocol', 'payload: is not UTF-8; must be JSON text', error);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * JSON text from the wire as a typed value; unknown fields are kept. Errors: Fault `protocol` that names the path of the
 * first mistakes.
 */
export function parseWire<T>(text: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`);
  throw new Fault('protocol', mistakes.join('; '));
}

function parseJson(text: string): unknown {
  if (text.length > maxPayloadBytes)
    throw new Fault('protocol', `payload: ${text.length} characters; must be ${maxPayloadBytes} at the most`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Fault('protocol', `payload: is not JSON: ${(error as Error).message}`, error);
  }
}
