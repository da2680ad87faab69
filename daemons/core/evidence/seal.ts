/**
 * A seal is the device's signature over the heads of its three chains: whoever has a seal can tell every change of what
 * came before it. ECDSA with P-256 and SHA-256, signatures as r||s (IEEE P1363); a key is named by the SHA-256 of its
 * SubjectPublicKeyInfo, so that a renewed certificate over the same key changes nothing.
 */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { type BoxEvent, type Stream, streams } from '../values/envelope.ts';
import type { Stamp } from '../values/stamp.ts';
import { keyHashOf } from './key-hash.ts';

/** The last envelope of a stream: its seq and its link hash; seq 0 and 64 zeros of a stream that is empty. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

export type Heads = Readonly<Record<Stream, Head>>;

/** What is signed. */
export interface SealClaim {
  readonly device: string;
  readonly spool: string;
  readonly at: Stamp;
  readonly heads: Heads;
  /** Fingerprint of the signing key. */
  readonly key: string;
}

export interface Seal extends SealClaim {
  /** Base64. */
  readonly signature: string;
}

/** Signs with a key that it does not show. */
export interface Signer {
  /** Fingerprint of the key. */
  readonly key: string;
  /** Its public half in PEM. */
  readonly publicKey: string;
  /** Base64 signature of a text. */
  sign(text: string): string;
}

/** The one text of a claim: an array, so that the order of fields is no question. */
export const sealText = ({ device, spool, at, heads, key }: SealClaim): string =>
  JSON.stringify([
    'fieldpost seal 1',
    device,
    spool,
    [at.wallMs, at.monoNs, at.boot, at.synced, at.uncertaintyMs],
    ...streams.map((stream) => [stream, heads[stream].seq, heads[stream].hash]),
    key,
  ]);

const isP256 = (key: KeyObject): boolean =>
  key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';

/** A signer of a private key. Errors: RangeError for a key that is not P-256. */
export function signerOf(key: KeyObject): Signer {
  if (!isP256(key)) throw new RangeError(`must be a P-256 key; is ${key.asymmetricKeyType}`);
  return {
    key: keyHashOf(key),
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
    sign: (text) => sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64'),
  };
}

/** The event that carries a seal; there is one way only to write it. */
export const sealEventOf = ({ at, heads, key, signature }: Seal): BoxEvent => ({
  type: 'seal',
  severity: 'info',
  at,
  message: 'everything before this is signed',
  detail: { heads, key, signature },
});

/** Signs a claim, as an event. */
export function sealEvent(signer: Signer, claim: Omit<SealClaim, 'key'>): BoxEvent {
  const headOf = (stream: Stream): Head => ({ seq: claim.heads[stream].seq, hash: claim.heads[stream].hash });
  const heads = { alert: headOf('alert'), event: headOf('event'), tele: headOf('tele') };
  const whole = { ...claim, heads, key: signer.key };
  return sealEventOf({ ...whole, signature: signer.sign(sealText(whole)) });
}

/** Whether this public key signed the seal. */
export function verifySeal({ signature, ...claim }: Seal, key: KeyObject): boolean {
  if (!isP256(key) || keyHashOf(key) !== claim.key) return false;
  return isSigned(sealText(claim), signature, key);
}

/**
 * Whether a P-256 key signed the text. The signature counts only as the signer writes it: 64 bytes leave four bits of the
 * last base64 digit unused (RFC 4648 section 3.5), and a decoder that ignores them lets a changed line pass.
 */
export function isSigned(text: string, signature: string, key: KeyObject): boolean {
  const bytes = Buffer.from(signature, 'base64');
  if (bytes.toString('base64') !== signature) return false;
  return verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, bytes);
}
