/** A message to one browser, sealed so that the push service between carries it and cannot read it: RFC 8291 over aes128gcm (RFC 8188). Pure but for chance. */
import { createCipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto';

/** What a browser gave with its subscription, base64url. */
export interface PushKeys {
  /** Its public key: an uncompressed point of P-256, 65 bytes. */
  readonly p256dh: string;
  /** A secret of 16 bytes. */
  readonly auth: string;
}

/** Used once each; a test of the RFC's own example gives them. */
export interface Chance {
  readonly own: ECDH;
  readonly salt: Uint8Array;
}

const curve = 'prime256v1';
/** One record (RFC 8291, 4), of which every service takes 4096 bytes with its head (RFC 8030, 7.2). */
const recordSize = 4096;
const lastRecord = 2;
const tagBytes = 16;
const pointBytes = 65;
const headBytes = 16 + 4 + 1 + pointBytes;
/** Of what is said, with its delimiter. */
export const mostPlainBytes = recordSize - headBytes - tagBytes - 1;

export const freshChance = (): Chance => {
  const own = createECDH(curve);
  own.generateKeys();
  return { own, salt: randomBytes(16) };
};

/** Null: they are keys. Else why they are none: a point that is not on the curve gives its sender's secrets away. */
export function whyNoKeys({ p256dh, auth }: PushKeys): string | null {
  const [point, secret] = [Buffer.from(p256dh, 'base64url'), Buffer.from(auth, 'base64url')];
  if (secret.length !== 16) return `auth is of ${secret.length} bytes; must be 16`;
  if (point.length !== pointBytes || point[0] !== 4) return 'p256dh is no uncompressed point of P-256 (65 bytes)';
  try {
    freshChance().own.computeSecret(point);
    return null;
  } catch {
    return 'p256dh is not on P-256';
  }
}

/**
 * The body of a push message. `plain` is filled up to `size` bytes with what the browser takes off again, so that its length says nothing.
 * Errors: a bug where it is too long or the keys are none.
 */
export function sealed(plain: Uint8Array, { p256dh, auth }: PushKeys, size = 0, chance = freshChance()): Buffer {
  const filled = Math.max(0, size - plain.length);
  if (plain.length + filled > mostPlainBytes)
    throw new Error(`${plain.length} bytes (filled up to ${size}) are more than the ${mostPlainBytes} of one record`);
  const { own, salt } = chance;
  const [theirs, ours] = [Buffer.from(p256dh, 'base64url'), own.getPublicKey()];
  const shared = own.computeSecret(theirs);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ours]);
  const input = derived(shared, Buffer.from(auth, 'base64url'), info, 32);
  const key = derived(input, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derived(input, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  const record = Buffer.concat([plain, Buffer.of(lastRecord), Buffer.alloc(filled)]);
  const size32 = Buffer.alloc(4);
  size32.writeUInt32BE(recordSize);
  const head = Buffer.concat([salt, size32, Buffer.of(ours.length), ours]);
  return Buffer.concat([head, cipher.update(record), cipher.final(), cipher.getAuthTag()]);
}

const derived = (input: Uint8Array, salt: Uint8Array, info: Uint8Array, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', input, salt, info, bytes));
