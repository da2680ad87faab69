import type { z } from 'zod';
import { Fault } from '../ports/fault.ts';

/** Nothing larger is taken or sent: brokers refuse it (NATS: 1 MB by default). In bytes. */
export const maxPayloadBytes = 1_000_000;

/** JSON that nests deeper is refused: what is deep enough overruns the stack of whoever writes it out again. */
export const maxDepth = 64;

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
  if (depthOf(text) > maxDepth) throw new Fault('protocol', `payload: nests deeper than ${maxDepth}; must be flatter`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Fault('protocol', `payload: is not JSON: ${(error as Error).message}`, error);
  }
}

/** How deep the brackets of a JSON text nest; what stands in strings does not count. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (code === brace || code === bracket) deepest = Math.max(deepest, ++depth);
    else if (code === brace + 2 || code === bracket + 2) depth -= 1;
  }
  return deepest;
}

const [quote, brace, bracket, backslash] = [0x22, 0x7b, 0x5b, 0x5c];

/** Where the string that begins at `from` ends: at a quote with an even number of backslashes before it. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}
