/**
 * A token: what one box needs to get its first certificate, once. Made at the centre, carried as text or as a QR code;
 * whoever holds it can be that box until it is used or expires.
 */
import { createHmac, hash } from 'node:crypto';
import * as z from 'zod';
import { Fault } from '../ports/fault.ts';
import { namePattern } from '../wire/topics.ts';

const name = z.string().regex(namePattern);
const shape = z.strictObject({
  device: name,
  site: name,
  /** Addresses of `fieldpost enrol`, tried in turn. */
  enrol: z
    .array(z.string().regex(/^https:\/\/[^\s/]+$/))
    .min(1)
    .max(4),
  /** SHA-256 (hex) of the public key of the site's authority: who answers at that address must show it. */
  ca: z.string().regex(/^[0-9a-f]{64}$/),
  id: z.string().regex(/^[A-Za-z0-9_-]{11}$/),
  secret: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  /** Unix seconds: made, and the end. */
  at: z.int().positive(),
  until: z.int().positive(),
});
export type Token = Readonly<z.infer<typeof shape>>;

const mark = 'fp1';
const mostCharacters = 2000;
const checkOf = (body: string): string => hash('sha256', body, 'hex').slice(0, 6);

/** `fp1.<body>.<six digits over the body>`: letters that no shell and no YAML reads as its own. */
export function formatToken(token: Token): string {
  const body = Buffer.from(JSON.stringify(shape.parse(token))).toString('base64url');
  return `${mark}.${body}.${checkOf(body)}`;
}

/** Errors: Fault `config`: no token, not the whole of one, or of another version. The text itself is never repeated. */
export function parseToken(text: string): Token {
  const parts = text.slice(0, mostCharacters).replace(/\s+/g, '').split('.');
  const [version, body = '', check] = parts;
  if (parts.length !== 3 || version !== mark)
    throw new Fault(
      'config',
      `token: must be ${mark}.(letters).(six digits), as fieldpost token printed it; begin and end may be missing`,
    );
  if (check !== checkOf(body))
    throw new Fault('config', 'token: some of its letters are wrong or missing; copy it once more, or scan its code');
  const parsed = shape.safeParse(jsonOf(Buffer.from(body, 'base64url').toString()));
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new Fault('config', `token: is none that this version knows (${mistakes.slice(0, 3).join('; ')})`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What the centre keeps of a secret: enough to check a claim, not to print the token again. */
export const claimKeyOf = (secret: string): string => hash('sha256', `fieldpost claim key v1\n${secret}`, 'hex');

/** Binds a certificate request to a token: whoever hears one can repeat it only for the same key of the same box. */
export const claimProof = (claimKey: string, id: string, request: string): string =>
  createHmac('sha256', Buffer.from(claimKey, 'hex'))
    .update(`fieldpost claim v1\n${id}\n${hash('sha256', request, 'hex')}\n`)
    .digest('base64url');
