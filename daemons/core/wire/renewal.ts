/** A box asks for a new certificate: HTTPS, one request, one answer. It needs no certificate that a broker would take. */
import { hash } from 'node:crypto';
import * as z from 'zod';
import { parseWire } from './parse.ts';

export const renewalPath = '/v1/renew';

const pem = z.string().min(1).max(8000);

/** `certificate` is the present one, expired or not; `signature` proves its key: of `proofText(request)`, DER in base64. */
const petition = z.looseObject({
  v: z.literal(1),
  certificate: pem,
  request: pem,
  signature: z.string().min(1).max(400),
});
export type Petition = Readonly<z.infer<typeof petition>>;

/** Exactly one of `certificate`, `waits` and `refused`; the last two are for the reader. */
const answer = z.looseObject({
  v: z.literal(1),
  certificate: pem.optional(),
  waits: z.string().max(2000).optional(),
  refused: z.string().max(2000).optional(),
});
export type RenewalAnswer = Readonly<z.infer<typeof answer>>;

/** Each errs with Fault `protocol` that names the path. */
export const parsePetition = (json: string): Petition => parseWire(json, petition);
export const parseRenewalAnswer = (json: string): RenewalAnswer => parseWire(json, answer);

/**
 * What the present key signs. Whoever repeats an old petition gets a certificate for a key that only the box has, so it
 * needs no number used once.
 */
export const proofText = (request: string): string => `fieldpost renewal v1\n${hash('sha256', request, 'hex')}\n`;
