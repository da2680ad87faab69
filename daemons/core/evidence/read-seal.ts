import * as z from 'zod';
import type { BoxEvent, Envelope } from '../values/envelope.ts';
import type { Seal } from './seal.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const head = z.object({ seq: z.int().min(0), hash: hex });
const detail = z.object({
  heads: z.object({ alert: head, event: head, tele: head }),
  key: hex,
  signature: z.string().regex(/^[A-Za-z0-9+/]{86}==$/),
});

/** The seal that an envelope carries, or null when it carries none, or one that is not whole. */
export function readSeal({ device, spool, stream, body }: Envelope): Seal | null {
  if (stream !== 'event') return null;
  const { type, at, detail: said } = body as BoxEvent;
  const parsed = detail.safeParse(said);
  return type === 'seal' && parsed.success ? { device, spool, at, ...parsed.data } : null;
}
