/** Who pushes, said to a push service by a signature: RFC 8292 (VAPID). */
import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface VapidKey {
  readonly privateKey: KeyObject;
  /** Uncompressed point, base64url: browsers tie a subscription to it. */
  readonly publicKey: string;
}

/** A new one, as PEM (PKCS #8). */
export const newVapidPem = (): string =>
  generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey;

/** Null: it is no private key of P-256. */
export function vapidKeyIn(pem: string): VapidKey | null {
  try {
    const privateKey = createPrivateKey(pem);
    const { kty, crv, x = '', y = '' } = privateKey.export({ format: 'jwk' });
    if (kty !== 'EC' || crv !== 'P-256') return null;
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    return { privateKey, publicKey: point.toString('base64url') };
  } catch {
    return null;
  }
}

/** RFC 8292 allows a day; half of it bears a clock that is hours off. */
const lastsS = 12 * 3600;

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The `Authorization` of a message to an endpoint of `origin`. `contact`: `mailto:` or `https:`, of whom to ask when something is wrong. */
export function vapidHeader(
  { privateKey, publicKey }: VapidKey,
  { origin, contact, nowMs }: { readonly origin: string; readonly contact: string; readonly nowMs: number },
): string {
  const claims = { aud: origin, exp: Math.floor(nowMs / 1000) + lastsS, sub: contact };
  const said = `${part({ typ: 'JWT', alg: 'ES256' })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(said), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `vapid t=${said}.${signature.toString('base64url')}, k=${publicKey}`;
}
