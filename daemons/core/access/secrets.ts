/** Random words that stand for somebody: the store keeps their hashes alone. */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** 256 bits cannot be guessed, so a fast hash is enough. */
export const hashOf = (secret: string): string => hash('sha256', secret, 'hex');

/** Takes as long for a near miss as for a far one. */
export const same = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(hashOf(one)), Buffer.from(hashOf(other)));

/** Without letters that are taken for digits (RFC 4648 base32, small). */
const letters = 'abcdefghijklmnopqrstuvwxyz234567';

/** Ten codes of 80 bits, in groups of four. */
export const newRecoveryCodes = (): readonly string[] =>
  Array.from({ length: 10 }, () =>
    [...randomBytes(16)].map((byte, at) => `${at % 4 === 0 && at > 0 ? '-' : ''}${letters[byte & 31]}`).join(''),
  );

/** As it is kept: however a person wrote it. */
export const recoveryHash = (code: string): string => hashOf(code.toLowerCase().replace(/[^a-z2-7]/g, ''));

/** What a token is shown as: its id, by which it is found and named, and the secret. */
export const tokenText = (id: string, secret: string): string => `fpt_${id}_${secret}`;
export function tokenIn(header: string): { readonly id: string; readonly secret: string } | null {
  const [, id, secret] = /^Bearer fpt_([a-z2-7]{8})_([A-Za-z0-9_-]{43})$/.exec(header) ?? [];
  return id && secret ? { id, secret } : null;
}
export const newTokenId = (): string => [...randomBytes(8)].map((byte) => letters[byte & 31]).join('');
